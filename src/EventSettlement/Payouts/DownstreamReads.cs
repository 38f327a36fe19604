using System.ComponentModel.DataAnnotations;
using EventSettlement.Api;
using EventSettlement.Platform;

namespace EventSettlement.Payouts;

/// <summary>One downstream as operators see it.</summary>
public sealed record DownstreamShown(
    string Name,
    [property: AllowedValues("RUNNING", "STOPPED")] string State,
    string? Code,
    string? Reason,
    DateTimeOffset? Since,
    string? Actor
);

/// <summary>The services that pay, and why one is stopped.</summary>
public sealed class DownstreamReads(Database database)
{
    // One that was never stopped has no row.
    private const string ListDownstreams = """
        SELECT name, coalesce(state, 'RUNNING') AS state, code, reason, since, actor
        FROM unnest(@known) AS known (name) FULL JOIN downstream USING (name)
        WHERE name > @seen ORDER BY name LIMIT @limit
        """;

    /// <summary>Those that settings name, and those that once were.</summary>
    public async Task<Page<DownstreamShown>> List(
        IEnumerable<string> known,
        int? limit,
        string? after,
        CancellationToken cancel
    )
    {
        var most = Paging.Limit(limit);
        var rows = await database.Query<DownstreamShown>(
            ListDownstreams,
            new
            {
                known = known.ToArray(),
                seen = Paging.Decode(after) ?? "",
                limit = most + 1,
            },
            cancel
        );
        return Paging.Cut(rows, most, r => r.Name);
    }

    public async Task<DownstreamShown?> Find(IEnumerable<string> known, string name, CancellationToken cancel) =>
        (await List(known, Paging.MaxLimit, null, cancel)).Items.SingleOrDefault(d => d.Name == name);

    /// <summary>By name.</summary>
    public Task<List<string>> Stopped(CancellationToken cancel) =>
        database.Query<string>("SELECT name FROM downstream WHERE state = 'STOPPED' ORDER BY name", null, cancel);
}
