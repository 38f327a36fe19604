using EventSettlement.Faults.Check;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Running;

/// <summary>What the broker holds, read by tools that are not ours.</summary>
internal static class KafkaSide
{
    private static readonly string[] Topics = ["settlements", "payouts.member", "settlement-events"];

    public static async Task<List<LogMessage>> Messages(KafkaServer kafka)
    {
        var printed = await Task.WhenAll(Topics.Select(topic => ChildProcess.Output("kcat", ["-b",
            $"127.0.0.1:{kafka.Port}", "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-f", "%t\\t%k\\t%h\\n"])));
        return [.. printed.SelectMany(p => p.Split('\n')).Select(l => l.Split('\t')).Where(l => l.Length == 3)
            .Select(l => LogMessage.Of(l[0], l[1], l[2], ',', '='))];
    }

    public static Task<string> Offsets(KafkaServer kafka) =>
        kafka.Run("kafka-consumer-groups.sh", "--describe", "--all-groups");
}
