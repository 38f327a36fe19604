using EventSettlement.Platform;
using EventSettlement.Platform.Configuration;
using EventSettlement.Programmes;
using EventSettlement.Runs.Planning;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Runs;

/// <summary>What operators and the schedule do with runs.</summary>
public sealed class RunCommands(Database database, ProgrammeList programmes, Settings settings, RunSignal signal)
{
    // A date's number of runs is read and used in one statement; two at once collide on the unique key and try again.
    // One that is refused takes no run id.
    private const string StartSql = """
        INSERT INTO run (programme, business_date, kind, seq, subject, state, pay_at, actor, request, max_item, max_run,
            created_at)
        SELECT @programme, @date, 'manual', 1 + coalesce(max(seq), 0), @subject, 'PLANNING', @pay_at, @actor, @request,
            @max_item, @max_run, clock()
        FROM run WHERE programme = @programme AND business_date = @date
        HAVING NOT EXISTS (SELECT FROM run WHERE programme = @programme AND state IN ('PLANNING', 'PAYING'))
        RETURNING run_id
        """;

    private const string TodaySql = "SELECT (clock() AT TIME ZONE 'Asia/Seoul')::date";

    private const string StartedSql = "SELECT run_id FROM run WHERE actor = @actor AND request = @request";

    private const string StopSql = """
        UPDATE run SET state = 'STOPPED', epoch = epoch + 1, lease_until = NULL, stop_reason = @reason
        WHERE run_id = @run AND state IN ('PLANNING', 'PAYING')
        """;

    private const string ResumeSql = """
        UPDATE run SET state = CASE WHEN planned THEN 'PAYING' ELSE 'PLANNING' END, epoch = epoch + 1,
                       lease_until = NULL, stop_reason = NULL
        WHERE run_id = @run AND state = 'STOPPED'
        """;

    private const string StateSql = "SELECT state FROM run WHERE run_id = @run";

    private const int MaxTries = 5;

    private readonly RunQueries _queries = new(database);

    /// <param name="payAt">UTC; null = as soon as planned.</param>
    /// <param name="request">Names the intention: whose answer was lost gets the run that it has started.</param>
    /// <param name="future">A date later than today in Seoul, by the database's clock, is meant.</param>
    public async Task<RunAnswer> Start(
        string programme,
        OwedQuestion question,
        DateTime? payAt,
        string actor,
        CancellationToken cancel,
        byte[]? request = null,
        bool future = false
    )
    {
        if (Unknown(programme) is { } unknown)
            return unknown;
        if (question.Date.Year is < 2000 or > 2999)
            return RunAnswer.Refused("date_out_of_range", "a business date lies between 2000-01-01 and 2999-12-31");
        if (payAt is { Year: > 2999 })
            return RunAnswer.Refused("pay_at_out_of_range", "is no later than 2999-12-31");
        if (request is not null && await FindStarted(actor, request, cancel) is { } started)
            return new RunAnswer(started, null, null);
        if (!future && await Today(cancel) is var today && question.Date > today)
            return RunAnswer.Refused(
                "date_in_future",
                $"{question.Date:yyyy-MM-dd} is later than today in Seoul, {today:yyyy-MM-dd}"
            );
        for (var attempt = 1; ; attempt++)
            try
            {
                await using var command = database.Hot.CreateCommand(StartSql);
                command.Parameters.AddWithValue("programme", programme);
                command.Parameters.AddWithValue("date", question.Date);
                command.Parameters.Add(
                    new NpgsqlParameter("subject", NpgsqlDbType.Text)
                    {
                        Value = question.Subject ?? (object)DBNull.Value,
                    }
                );
                command.Parameters.Add(
                    new NpgsqlParameter("pay_at", NpgsqlDbType.TimestampTz) { Value = payAt ?? (object)DBNull.Value }
                );
                command.Parameters.AddWithValue("actor", actor);
                command.Parameters.Add(
                    new NpgsqlParameter("request", NpgsqlDbType.Bytea) { Value = request ?? (object)DBNull.Value }
                );
                command.Parameters.AddRange(PlanCeilings.From(settings).Parameters());
                if (await command.ExecuteScalarAsync(cancel) is not long run)
                    return await Unfinished(programme, cancel);
                signal.Raise();
                return new RunAnswer(run, null, null);
            }
            catch (PostgresException unfinished) when (IsUnfinished(unfinished))
            {
                return await Unfinished(programme, cancel);
            }
            catch (PostgresException twice)
                when (twice.SqlState == PostgresErrorCodes.UniqueViolation && attempt < MaxTries)
            {
                // Another run took this number; the next one is free.
            }
    }

    private async Task<DateOnly> Today(CancellationToken cancel)
    {
        await using var command = database.Hot.CreateCommand(TodaySql);
        return (DateOnly)(await command.ExecuteScalarAsync(cancel))!;
    }

    private async Task<long?> FindStarted(string actor, byte[] request, CancellationToken cancel)
    {
        await using var command = database.Hot.CreateCommand(StartedSql);
        command.Parameters.AddWithValue("actor", actor);
        command.Parameters.AddWithValue("request", request);
        return (long?)await command.ExecuteScalarAsync(cancel);
    }

    /// <returns>Null when there is such a programme.</returns>
    public RunAnswer? Unknown(string programme) =>
        programmes.Find(programme) is null
            ? RunAnswer.Refused(
                "unknown_programme",
                $"there is no programme {programme}; there are {string.Join(", ", programmes.Names)}"
            )
            : null;

    /// <summary>Ends planning; what was requested goes on.</summary>
    public Task<RunAnswer> Stop(long run, string actor, string? reason, CancellationToken cancel) =>
        Change(
            run,
            StopSql,
            reason ?? $"stopped by {actor}",
            ("not_running", "is neither planning nor paying"),
            cancel
        );

    public async Task<RunAnswer> Resume(long run, CancellationToken cancel)
    {
        try
        {
            return await Change(run, ResumeSql, null, ("not_stopped", "is not stopped"), cancel);
        }
        catch (PostgresException unfinished) when (IsUnfinished(unfinished))
        {
            return await Unfinished((await _queries.Show(run, cancel))!.Run.Programme, cancel);
        }
    }

    private async Task<RunAnswer> Unfinished(string programme, CancellationToken cancel) =>
        await _queries.ShowUnfinished(programme, cancel) is { } earlier
            ? RunAnswer.Refused(
                "run_unfinished",
                FormattableString.Invariant(
                    $"run {earlier.Run.Id} for {earlier.Run.Date:yyyy-MM-dd} is not finished yet: "
                ) + RunWaits.Describe(earlier)
            ) with
            {
                Earlier = earlier.Run.Id,
            }
            : RunAnswer.Refused("run_unfinished", $"a run of {programme} was not finished; ask again");

    private async Task<RunAnswer> Change(
        long run,
        string sql,
        string? reason,
        (string Code, string Rule) refused,
        CancellationToken cancel
    )
    {
        await using var command = database.Hot.CreateCommand(sql);
        command.Parameters.AddWithValue("run", run);
        if (reason is not null)
            command.Parameters.AddWithValue("reason", reason);
        if (await command.ExecuteNonQueryAsync(cancel) == 1)
        {
            signal.Raise();
            return new RunAnswer(run, null, null);
        }

        await using var read = database.Hot.CreateCommand(StateSql);
        read.Parameters.AddWithValue("run", run);
        return await read.ExecuteScalarAsync(cancel) is string state
            ? RunAnswer.Refused(refused.Code, $"run {run} is {state}: it {refused.Rule}")
            : RunAnswer.Refused("not_found", $"there is no run {run}");
    }

    private static bool IsUnfinished(PostgresException wrong) =>
        wrong.SqlState == PostgresErrorCodes.UniqueViolation && wrong.ConstraintName == "run_one_unfinished";
}

/// <summary>The run, or why not.</summary>
/// <param name="Code"><c>run_unfinished</c>, <c>not_running</c>, <c>not_stopped</c>, <c>not_found</c>,
/// <c>unknown_programme</c>, <c>date_out_of_range</c>, <c>date_in_future</c>, <c>pay_at_out_of_range</c>.</param>
/// <param name="Earlier">The run that has to be finished first.</param>
public sealed record RunAnswer(long? Run, string? Code, string? Reason, long? Earlier = null)
{
    internal static RunAnswer Refused(string code, string reason) => new(null, code, reason);
}
