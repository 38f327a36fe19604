using EventSettlement.Faults.Check;
using EventSettlement.Faults.Check.Known;
using EventSettlement.Faults.World;
using EventSettlement.Faults.World.Servers;
using Npgsql;

namespace EventSettlement.Faults.Running;

/// <summary>What the broker holds, read by tools that are not ours.</summary>
internal static class KafkaSide
{
    private static readonly string[] Topics = ["settlements", "payouts.member", "settlement-events"];

    public static async Task<List<LogMessage>> Messages(KafkaServer kafka)
    {
        var printed = await Task.WhenAll(
            Topics.Select(topic =>
                ChildProcess.Output(
                    "kcat",
                    [
                        "-b",
                        $"127.0.0.1:{kafka.Port}",
                        "-C",
                        "-t",
                        topic,
                        "-o",
                        "beginning",
                        "-e",
                        "-q",
                        "-f",
                        "%t\\t%k\\t%h\\n",
                    ]
                )
            )
        );
        return
        [
            .. printed
                .SelectMany(p => p.Split('\n'))
                .Select(l => l.Split('\t'))
                .Where(l => l.Length == 3)
                .Select(l => LogMessage.Of(l[0], l[1], l[2], ',', '=')),
        ];
    }

    /// <summary>Records that stand behind our offsets.</summary>
    public static async Task<long> Unread(KafkaServer kafka, NpgsqlDataSource database)
    {
        var ours = await Tables.Read(
            database,
            "SELECT topic, partition, min(next_offset) FROM consumer_offset " + "GROUP BY topic, partition",
            r =>
                (
                    Place: $"{r.GetString(0)} [{r.GetInt32(1)}]",
                    Ask: $"{r.GetString(0)}:{r.GetInt32(1)}:-1",
                    Next: r.GetInt64(2)
                )
        );
        var printed = await ChildProcess.Output(
            "kcat",
            ["-b", $"127.0.0.1:{kafka.Port}", "-Q", .. ours.SelectMany(o => new[] { "-t", o.Ask })]
        );
        var ends = printed
            .Split('\n')
            .Select(l => l.Split(" offset "))
            .Where(w => w.Length == 2)
            .ToDictionary(w => w[0], w => long.Parse(w[1], null));
        return ours.Sum(o => ends[o.Place] - o.Next);
    }

    public static Task<string> Offsets(KafkaServer kafka) =>
        kafka.Run("kafka-consumer-groups.sh", "--describe", "--all-groups");
}
