using System.Globalization;
using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Injection.Processes;

/// <summary>
/// The topic of facts is deleted and made anew while servers read it: another log under the same name. Every partition
/// that was read stops until a person accepts it; then all that is in the new one is read, from its beginning.
/// </summary>
internal sealed class TopicMadeAnew : Fault
{
    private const string Read = """
        SELECT partition FROM consumer_offset WHERE topic = 'study-completed' AND next_offset > 0 ORDER BY 1
        """;

    private const string StoppedSql = """
        SELECT partition FROM consumer_offset WHERE topic = 'study-completed' AND stopped IS NOT NULL ORDER BY 1
        """;

    public override string Name => "topic-made-anew";

    public override string Expectation =>
        "a topic deleted and made anew: stopped with an alert, and read from its beginning when a person accepts it";

    public override bool Suits(string log) => log == "kafka";

    public override double RecoveryBound => 45;

    public override string[] Alerts => ["partition_stopped"];

    public override string[] Demands => Alerts;

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        var kafka = scene.World.Kafka!;
        scene.Producer.IsPaused = true;
        await Last(3);
        var unread = "SELECT count(*) FROM outbox WHERE topic = 'study-completed'";
        if (
            await Waiting.Until(
                TimeSpan.FromSeconds(30),
                async () => await scene.Count(unread) == 0 && await KafkaIsRead(scene)
            )
            is null
        )
            return false;
        var partitions = await scene.Read(Read, r => r.GetInt32(0));
        var count = await scene.Count("SELECT count(*) FROM consumer_offset WHERE topic = 'study-completed'");
        await scene.Execute("INSERT INTO witness.log_made_anew VALUES ('study-completed', clock_timestamp())");
        await kafka.Run("kafka-topics.sh", "--delete", "--topic", "study-completed");
        await kafka.Run(
            "kafka-topics.sh",
            "--create",
            "--topic",
            "study-completed",
            "--partitions",
            count.ToString(CultureInfo.InvariantCulture)
        );
        List<int> stopped = [];
        if (
            await Waiting.Until(
                TimeSpan.FromSeconds(60),
                async () =>
                    (stopped = await scene.Read(StoppedSql, r => r.GetInt32(0))).Intersect(partitions).Count()
                    == partitions.Count
            )
            is null
        )
            scene.World.Surprises.Enqueue(
                $"the topic made anew did not stop all of {string.Join(",", partitions)}: {string.Join(",", stopped)}"
            );
        scene.Producer.IsPaused = false;
        await Last(1);
        foreach (var partition in stopped)
            await scene.AcceptLog(partition, $"the new log of partition {partition}");
        return true;
    }

    private static async Task<bool> KafkaIsRead(Scene scene)
    {
        var ends = (await scene.World.Kafka!.ReadEnds("study-completed")).Values.Sum();
        return await scene.Count("SELECT sum(next_offset) FROM consumer_offset WHERE topic = 'study-completed'")
            == ends;
    }
}
