using System.Globalization;
using System.Text;
using EventSettlement.Faults.Injection.Outside;
using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Injection.Processes;

/// <summary>
/// Retention ate records that nobody had read: the partition stops with an alert and is never jumped over, until a
/// person accepts it. What is deleted are records that this harness put there, so no fact is missing in the end.
/// </summary>
internal sealed class DeletedRecords : Fault
{
    private const int Eaten = 10;

    private const string ReadToTheEnd = """
        SELECT h.partition, h.next_offset FROM log_head h JOIN log_topic t USING (topic_id)
        JOIN consumer_offset c ON c.topic = t.topic AND c.partition = h.partition AND c.next_offset = h.next_offset
        WHERE t.topic = 'study-completed' ORDER BY 1 LIMIT 1
        """;

    private const string Offsets = """
        SELECT partition, next_offset FROM consumer_offset
        WHERE topic = 'study-completed' AND group_id = 'study-intake' ORDER BY 1
        """;

    private const string Delete = """
        WITH gone AS (DELETE FROM event_log e USING log_topic t WHERE t.topic_id = e.topic_id
            AND t.topic = 'study-completed' AND e.partition = {0} AND e."offset" < {1})
        UPDATE log_head h SET begin_offset = {1} FROM log_topic t
        WHERE t.topic_id = h.topic_id AND t.topic = 'study-completed' AND h.partition = {0}
        """;

    public override string Name => "deleted-records";

    public override string Expectation =>
        "retention ate unread records: stopped with an alert, never jumped over, and "
        + "going on when a person accepts it";

    public override string[] Alerts => ["partition_stopped"];

    public override string[] Demands => Alerts;

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        var world = scene.World;
        scene.Producer.IsPaused = true;
        await Last(3);
        world.Members.ForEach(m => m.IsHandled = true);
        foreach (var disorder in (await Task.WhenAll(world.Members.Select(m => m.Stop()))).OfType<string>())
            world.Surprises.Enqueue(disorder);
        var (partition, end) = await Passed(scene);
        for (var n = 0; partition >= 0 && n < Eaten; n++)
            await LogWriter.Append(scene, Encoding.UTF8.GetBytes("eaten before anybody read it"), partition);
        if (partition >= 0)
            await Eat(scene, partition, end + Eaten);
        scene.Producer.IsPaused = false;
        world.Members.ForEach(m => m.Start());
        world.Members.ForEach(m => m.IsHandled = false);
        if (partition >= 0)
            await Accept(scene, partition, end);
        return partition >= 0;
    }

    /// <summary>A partition that was read to its end, and that end; -1 where there is none.</summary>
    private static async Task<(int Partition, long End)> Passed(Scene scene)
    {
        if (scene.World.Kafka is not { } kafka)
            return (await Pairs(scene, ReadToTheEnd)).FirstOrDefault((-1, 0));
        var ends = await kafka.ReadEnds("study-completed");
        return (await Pairs(scene, Offsets)).Where(o => ends[o.Partition] == o.Next).FirstOrDefault((-1, 0));
    }

    private static Task<List<(int Partition, long Next)>> Pairs(Scene scene, string sql) =>
        scene.Read(sql, r => (r.GetInt32(0), r.GetInt64(1)));

    private static async Task Eat(Scene scene, int partition, long until)
    {
        if (scene.World.Kafka is not { } kafka)
        {
            await scene.Execute(string.Format(CultureInfo.InvariantCulture, Delete, partition, until));
            return;
        }

        var file = Path.Combine(scene.World.Folder, "delete.json");
        await File.WriteAllTextAsync(
            file,
            $$"""
            {"version":1,"partitions":[{"topic":"study-completed","partition":{{partition}},"offset":{{until}}}]}
            """
        );
        await kafka.RunClass("org.apache.kafka.tools.DeleteRecordsCommand", "--offset-json-file", file);
    }

    private static async Task Accept(Scene scene, int partition, long end)
    {
        var stopped =
            "SELECT count(*) FROM consumer_offset WHERE topic = 'study-completed' "
            + $"AND partition = {partition} AND stopped IS NOT NULL AND next_offset = {end}";
        if (await Waiting.Until(TimeSpan.FromSeconds(45), async () => await scene.Count(stopped) == 1) is null)
            scene.World.Surprises.Enqueue($"the gap in partition {partition} at {end} did not stop it");
        await scene.AcceptLog(partition, $"the gap in partition {partition} at {end}");
    }
}
