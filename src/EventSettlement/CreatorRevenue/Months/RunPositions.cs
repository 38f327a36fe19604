using EventSettlement.Alerts;
using EventSettlement.Platform;
using EventSettlement.Views;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.CreatorRevenue.Months;

/// <summary>
/// How far the facts are read that a month stands on: noted with the run when it begins, and waited for. Kept as the
/// proof of what the month stands on.
/// </summary>
internal sealed partial class RunPositions(Database database, FactsRead facts, ILogger<RunPositions> log)
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan TellAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AlertAfter = TimeSpan.FromMinutes(30);

    private const string NoteSql = """
        INSERT INTO creator_run_position (run_id, topic, partition, next_offset)
        SELECT $1, * FROM unnest($2, $3, $4) WHERE NOT EXISTS (SELECT FROM creator_run_position WHERE run_id = $1)
        """;

    private const string ReadSql = """
        SELECT topic, partition, next_offset, clock() - noted_at FROM creator_run_position WHERE run_id = $1
        ORDER BY topic, partition
        """;

    /// <summary>Until all that was there when the run began is counted.</summary>
    public async Task Wait(long run, CancellationToken cancel)
    {
        await Note(run, await facts.ReadEnds(cancel), cancel);
        var (told, alerted) = (false, false);
        while (true)
        {
            var (positions, since) = await Read(run, cancel);
            var unread = await facts.FindUnread(positions, cancel);
            if (unread.Count == 0)
            {
                if (alerted)
                    await Write(AlertRows.Close(Cause(run)), cancel);
                return;
            }

            if (!told && since > TellAfter)
                Waits(run, unread.Count, unread[0].Topic);
            told |= since > TellAfter;
            if (!alerted && since > AlertAfter)
                await Write(AlertRows.Upsert([Behind(run, unread)]), cancel);
            alerted |= since > AlertAfter;
            await Task.Delay(Between, cancel);
        }
    }

    private async Task Note(long run, IReadOnlyList<FactPosition> ends, CancellationToken cancel)
    {
        await using var command = database.Hot.CreateCommand(NoteSql);
        command.Parameters.Add(new() { Value = run });
        command.Parameters.Add(RowArrays.Parameter(ends, NpgsqlDbType.Text, end => end.Topic));
        command.Parameters.Add(RowArrays.Parameter(ends, NpgsqlDbType.Integer, end => end.Partition));
        command.Parameters.Add(RowArrays.Parameter(ends, NpgsqlDbType.Bigint, end => end.Next));
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<(List<FactPosition>, TimeSpan)> Read(long run, CancellationToken cancel)
    {
        var (positions, since) = (new List<FactPosition>(), TimeSpan.Zero);
        await using var command = database.Hot.CreateCommand(ReadSql);
        command.Parameters.Add(new() { Value = run });
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            positions.Add(new FactPosition(row.GetString(0), row.GetInt32(1), row.GetInt64(2)));
            since = row.GetTimeSpan(3);
        }

        return (positions, since);
    }

    private async Task Write(NpgsqlBatchCommand statement, CancellationToken cancel)
    {
        await using var batch = database.Hot.CreateBatch();
        batch.BatchCommands.Add(statement);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private static Alert Behind(long run, IReadOnlyList<FactPosition> unread) =>
        new(
            Cause(run),
            "month_waits",
            FormattableString.Invariant($"run {run} has waited for 30 minutes: {unread.Count} partitions of ")
                + string.Join(" and ", unread.Select(u => u.Topic).Distinct())
                + " are not read as far as they went when it began",
            "settle views status shows the lag by partition; settle alert list shows a partition that stands stopped"
        );

    private static string Cause(long run) => FormattableString.Invariant($"run {run} month_waits");

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Run {Run} waits until {Partitions} partitions are read as far as they went when it began, {Topic}"
    )]
    private partial void Waits(long run, int partitions, string topic);
}
