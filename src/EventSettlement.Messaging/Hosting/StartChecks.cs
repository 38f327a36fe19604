using Npgsql;

namespace EventSettlement.Messaging.Hosting;

/// <summary>What must be so before anything is read.</summary>
internal static class StartChecks
{
    private const string UnderWay = """
        SELECT EXISTS (SELECT 1 FROM outbox) OR EXISTS (SELECT 1 FROM scheduled_message) OR EXISTS (
            SELECT 1 FROM log_head h JOIN log_topic t USING (topic_id)
            JOIN consumer_offset c ON c.topic = t.topic AND c.partition = h.partition
            WHERE c.next_offset < h.next_offset)
        """;

    private const string Grow = """
        WITH grown AS (
            UPDATE log_topic SET partitions = $2 WHERE topic = ANY ($1) AND partitions < $2 RETURNING topic_id)
        INSERT INTO log_head (topic_id, partition) SELECT topic_id, p FROM grown, generate_series(0, $2 - 1) AS p
        ON CONFLICT DO NOTHING
        """;

    /// <exception cref="InvalidOperationException">Set-based statements would run as sequential scans, four times
    /// slower.</exception>
    public static async Task RefuseUnpinnedPlanner(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("SHOW enable_seqscan");
        if ((string?)await command.ExecuteScalarAsync(cancel) != "off")
            throw new InvalidOperationException(
                "The hot pool must run with enable_seqscan=off; something between here and PostgreSQL dropped the "
                + "connection's options (a transaction pooler does): connect directly.");
    }

    /// <summary>
    /// A key changes its partition with the count, so what is under way would be overtaken by what comes.
    /// </summary>
    public static async Task RefuseChangedPartitions(
        NpgsqlDataSource database, IEnumerable<string> topics, int partitions, CancellationToken cancel)
    {
        var names = topics.ToArray();
        await using var changed = database.CreateCommand(
            "SELECT count(*) FROM log_topic WHERE topic = ANY ($1) AND partitions <> $2");
        changed.Parameters.Add(new() { Value = names });
        changed.Parameters.Add(new() { Value = partitions });
        if ((long)(await changed.ExecuteScalarAsync(cancel))! == 0)
            return;
        await using var underWay = database.CreateCommand(UnderWay);
        if ((bool)(await underWay.ExecuteScalarAsync(cancel))!)
            throw new InvalidOperationException(
                $"The topics have another number of partitions than {partitions}, and messages or timers are under "
                    + $"way. "
                + "Start with the former number, let it all be handled, then change it.");
        await using var grow = database.CreateCommand(Grow);
        grow.Parameters.Add(new() { Value = names });
        grow.Parameters.Add(new() { Value = partitions });
        await grow.ExecuteNonQueryAsync(cancel);
    }
}
