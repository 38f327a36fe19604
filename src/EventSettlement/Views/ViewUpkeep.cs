using EventSettlement.Platform;
using EventSettlement.Views.Seen;
using Npgsql;

namespace EventSettlement.Views;

/// <summary>Joins small blocks of known views, and drops whole days that nobody asks for any more.</summary>
internal sealed partial class ViewUpkeep(Database database, ViewRules rules, ILogger<ViewUpkeep> log)
    : BackgroundService
{
    private const string Drop = """
        DELETE FROM view_seen WHERE day < ((clock() AT TIME ZONE interval '9 hours')::date - $1)
        """;

    // Where none are kept, tomorrow's may be the first that are.
    private const string KeepSince = """
        UPDATE view_raw_since SET since = s.day FROM (
            SELECT (clock() AT TIME ZONE interval '9 hours')::date - CASE $1 WHEN 0 THEN -1 ELSE $1 END AS day) s
        WHERE since < s.day
        """;

    private const string DropRaw = "DELETE FROM view_raw WHERE arrived < (SELECT since FROM view_raw_since)";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    public async Task Step(CancellationToken cancel)
    {
        await using (var batch = database.Reads.CreateBatch())
        {
            batch.BatchCommands.Add(Of(Drop, rules.KnownDays + 1));
            batch.BatchCommands.Add(Of(KeepSince, (int)Math.Ceiling(rules.KeepRaw.TotalDays)));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(DropRaw));
            await batch.ExecuteNonQueryAsync(cancel);
        }

        await SeenUpkeep.Join(database, cancel);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await ServerLoop.Try(Step, Failed, stoppingToken);
    }

    private static NpgsqlBatchCommand Of(string sql, int days)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = days });
        return command;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Views could not be looked after; it is tried again")]
    private partial void Failed(Exception wrong);
}
