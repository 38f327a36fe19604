using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Running;

/// <summary>What the broker holds, read by tools that are not ours.</summary>
internal static class KafkaSide
{
    public static async Task<HashSet<string>> EventIds(KafkaServer kafka)
    {
        var printed = await ChildProcess.Output("kcat", ["-b", $"127.0.0.1:{kafka.Port}", "-C", "-t",
            "settlement-events", "-o", "beginning", "-e", "-q", "-f", "%h\\n"]);
        return [.. printed.Split('\n').SelectMany(l => l.Split(','))
            .Where(h => h.StartsWith("ce_id=", StringComparison.Ordinal)).Select(h => h[6..])];
    }

    public static Task<string> Offsets(KafkaServer kafka) =>
        kafka.Run("kafka-consumer-groups.sh", "--describe", "--all-groups");
}
