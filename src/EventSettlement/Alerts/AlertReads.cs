using System.ComponentModel.DataAnnotations;
using EventSettlement.Api;
using EventSettlement.Platform;

namespace EventSettlement.Alerts;

public sealed record AlertRow(
    string Cause,
    string Code,
    string Message,
    string Next,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt,
    long Count,
    decimal Amount,
    string? Currency,
    [property: AllowedValues("OPEN", "CLOSED")] string State,
    string? ClosedBy,
    string? CloseReason
);

/// <summary>Alerts to look at, in the order in which they were first raised.</summary>
public sealed class AlertReads(Database database)
{
    private const string Columns =
        "cause, code, message, next, first_at, last_at, count, amount, currency, state, closed_by, close_reason";

    private const string ListAlerts = $"""
        SELECT {Columns}
        FROM alert WHERE (first_at, cause) > (@at, @cause) AND (@state IS NULL OR state = @state)
        ORDER BY first_at, cause LIMIT @limit
        """;

    private const string CloseAlert = """
        UPDATE alert SET state = 'CLOSED', last_at = clock(), closed_by = @actor, close_reason = @reason
        WHERE cause = @cause AND state = 'OPEN' RETURNING cause
        """;

    private const string OneAlert = $"SELECT {Columns} FROM alert WHERE cause = @cause";

    /// <returns>Null when there is none of this cause.</returns>
    public Task<AlertRow?> Find(string cause, CancellationToken cancel) =>
        database.QueryOne<AlertRow>(OneAlert, new { cause }, cancel);

    /// <summary>A person has dealt with it. False: it is not open.</summary>
    public async Task<bool> Close(string cause, string actor, string reason, CancellationToken cancel) =>
        await database.QueryOne<string>(
            CloseAlert,
            new
            {
                cause,
                actor,
                reason,
            },
            cancel
        )
            is not null;

    public async Task<Page<AlertRow>> List(string? state, int? limit, string? after, CancellationToken cancel)
    {
        if (state is not null and not ("OPEN" or "CLOSED"))
            throw ProblemException.Invalid("/state", "is one of OPEN, CLOSED");
        var most = Paging.Limit(limit);
        var (at, cause) = Paging.Moment(after);
        var rows = await database.Query<AlertRow>(
            ListAlerts,
            new
            {
                at,
                cause,
                state,
                limit = most + 1,
            },
            cancel
        );
        return Paging.Cut(rows, most, r => Paging.Moment(r.FirstAt, r.Cause));
    }
}
