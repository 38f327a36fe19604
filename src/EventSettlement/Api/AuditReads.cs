using EventSettlement.Access;
using EventSettlement.Platform;

namespace EventSettlement.Api;

/// <summary>A changing request: who asked for what, and how it came out.</summary>
/// <param name="Action">Method and route.</param>
/// <param name="Target">The path that was asked.</param>
public sealed record AuditRow(
    long AuditId,
    DateTimeOffset At,
    string Actor,
    string Action,
    string Target,
    string? Detail
);

/// <summary>Table audit, the newest first.</summary>
public sealed class AuditReads(Database database)
{
    private const string ListAudit = """
        SELECT id AS audit_id, at, actor, action, target, detail FROM audit
        WHERE id < @before AND (@actor IS NULL OR actor = @actor) AND (@target IS NULL OR target LIKE @target)
        ORDER BY id DESC LIMIT @limit
        """;

    /// <param name="target">A part of the path, such as a settlement's id.</param>
    public async Task<Page<AuditRow>> List(
        string? actor,
        string? target,
        int? limit,
        string? after,
        CancellationToken cancel
    )
    {
        var most = Paging.Limit(limit);
        var rows = await database.Query<AuditRow>(
            ListAudit,
            new
            {
                before = Paging.Number(after, long.MaxValue),
                actor,
                target = target is null ? null : $"%{Escaped(target)}%",
                limit = most + 1,
            },
            cancel
        );
        return Paging.Cut(rows, most, row => $"{row.AuditId}");
    }

    private static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("%", "\\%", StringComparison.Ordinal)
            .Replace("_", "\\_", StringComparison.Ordinal);
}

internal static class AuditRoutes
{
    public static void Map(IEndpointRouteBuilder v1) =>
        v1.MapGet(
                "/audit",
                (
                    string? actor,
                    string? target,
                    int? limit,
                    string? after,
                    AuditReads reads,
                    CancellationToken cancel
                ) => reads.List(actor, target, limit, after, cancel)
            )
            .Needs(Role.Admin)
            .WithName("ListAudit")
            .WithSummary("Changing requests, the newest first")
            .WithTags("operations");
}
