using EventSettlement.Faults.Check;
using EventSettlement.Faults.Check.Known;
using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;
using Npgsql;

namespace EventSettlement.Faults.Running;

/// <summary>Starts runs until nothing is left to plan, and waits, bounded, until nothing moves any more.</summary>
internal sealed class Quiet(Installation world, Operator desk, NpgsqlDataSource database)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);
    private DateTime _started;

    private const string UnfinishedSql = """
        SELECT (SELECT count(*) FROM study WHERE run_id IS NULL),
               (SELECT count(*) FROM run WHERE state IN ('PLANNING', 'PAYING')),
               (SELECT count(*) FROM settlement_request) - (SELECT count(*) FROM settlement),
               (SELECT count(*) FROM settlement s JOIN LATERAL (
                   SELECT count(*) FILTER (WHERE state = 'PAID') AS paid,
                       count(*) FILTER (WHERE state NOT IN ('PAID', 'WRITTEN_OFF')) AS unsettled
                   FROM settlement_item i WHERE i.settlement_id = s.settlement_id) i ON true
                   WHERE s.state IN ('PENDING', 'PROCESSING', 'AWAITING_RETRY') OR s.cancelling OR s.held
                       OR s.paid <> i.paid OR s.state = 'FAILED' AND i.unsettled = 0),
               (SELECT count(*) FROM outbox), (SELECT count(*) FROM command WHERE outcome IS NULL),
               (SELECT count(*) FROM log_head h JOIN log_topic t USING (topic_id) JOIN consumer_offset c
                   ON c.topic = t.topic AND c.partition = h.partition WHERE c.next_offset < h.next_offset)
        """;

    private const string DoubtSql = """
        SELECT settlement_id, no FROM settlement_item WHERE state = 'IN_DOUBT' AND NOT needs_person
        """;

    /// <returns>Null, or what was still open when the time was up.</returns>
    public async Task<string?> Wait()
    {
        var open = "the database was never asked";
        var quiet = await Waiting.Until(Limit, async () => (open = await Look()) == "");
        return quiet is null ? open : null;
    }

    private async Task<string> Look()
    {
        try
        {
            var row = (
                await Tables.Read(database, UnfinishedSql, r => Enumerable.Range(0, 7).Select(r.GetInt64).ToArray())
            ).Single();
            if (row[0] > 0 && row[1] == 0 && DateTime.UtcNow - _started > Between)
            {
                _started = DateTime.UtcNow;
                await desk.StartRun();
            }

            if (row.Any(n => n > 0))
                return $"unplanned {row[0]}, runs {row[1]}, unborn {row[2]}, open {row[3]}, outbox {row[4]}, commands "
                    + $"{row[5]}, unread partitions {row[6]}";
            if (world.Kafka is { } kafka && await KafkaSide.Unread(kafka, database) is > 0 and var unread)
                return $"{unread} records unread in Kafka";
            var doubts = await Tables.Read(database, DoubtSql, r => (r.GetGuid(0), r.GetInt32(1)));
            var credited = Journals.Credits(world.Folder).Select(c => (c.Settlement, c.No)).ToHashSet();
            var open = doubts.Count(credited.Contains);
            return open == 0 ? "" : $"{open} doubts about items that were credited";
        }
        catch (NpgsqlException away)
        {
            return away.Message;
        }
    }
}
