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
    string State
);

/// <summary>Alerts to look at, in the order in which they were first raised.</summary>
public sealed class AlertReads(Database database)
{
    private const string ListAlerts = """
        SELECT cause, code, message, next, first_at, last_at, count, amount, currency, state
        FROM alert WHERE (first_at, cause) > (@at, @cause) AND (@state IS NULL OR state = @state)
        ORDER BY first_at, cause LIMIT @limit
        """;

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
