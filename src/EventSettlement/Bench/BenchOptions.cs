namespace EventSettlement.Bench;

/// <summary>What one bench is asked for.</summary>
/// <param name="ConnectionString">A server to make the bench's own database on; null = a private one.</param>
/// <param name="Kafka"><c>host:port</c>; null = the log in PostgreSQL.</param>
/// <param name="LatencyMilliseconds">What each call to the member service takes longer.</param>
public sealed record BenchOptions(
    int Studies, int Members, int Rounds, string? ConnectionString, string? Kafka, int LatencyMilliseconds)
{
    internal IReadOnlyDictionary<string, string> Environment => Kafka is null
        ? new Dictionary<string, string>()
        : new Dictionary<string, string>
        {
            ["EventSettlement__EventLog__Kind"] = "kafka", ["EventSettlement__EventLog__Bootstrap"] = Kafka,
        };
}
