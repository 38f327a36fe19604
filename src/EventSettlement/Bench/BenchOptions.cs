namespace EventSettlement.Bench;

/// <summary>What one bench is asked for.</summary>
/// <param name="ConnectionString">A server to make the bench's own database on; null = a private one.</param>
/// <param name="Kafka">
/// <c>host:port</c> of a broker that has never seen this product, for the bench's database knows nothing of what an
/// earlier one sent; <c>private</c> starts one from KAFKA_HOME; null = the log in PostgreSQL.
/// </param>
/// <param name="LatencyMilliseconds">What each call to the member service takes longer.</param>
public sealed record BenchOptions(
    int Studies,
    int Members,
    int Rounds,
    string? ConnectionString,
    string? Kafka,
    int LatencyMilliseconds
);
