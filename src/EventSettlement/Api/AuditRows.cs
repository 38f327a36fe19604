using Npgsql;

namespace EventSettlement.Api;

/// <summary>What the audit keeps of a changing request; a feature of the request while it is carried out.</summary>
/// <param name="Request">SHA-256 of its key and its content: a request has one row, also when it comes again.</param>
internal sealed record AuditEntry(string Actor, string Action, string Target, byte[] Request);

/// <summary>Table audit. A later outcome of the same request takes the place of an earlier one.</summary>
internal static class AuditRows
{
    public const string Done = "done";
    public const string Unknown = "outcome unknown";

    private const string NoteSql = """
        INSERT INTO audit (at, actor, action, target, request, detail) VALUES (clock(), $1, $2, $3, $4, $5)
        ON CONFLICT (actor, request) WHERE request IS NOT NULL DO UPDATE SET detail = excluded.detail
        """;

    private const string NoteUnlessKnownSql = """
        INSERT INTO audit (at, actor, action, target, request, detail) VALUES (clock(), $1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING
        """;

    public static NpgsqlBatchCommand Note(AuditEntry entry, string detail) => Command(NoteSql, entry, detail);

    /// <summary>For what may have had its effect: nothing that is known of it is written over.</summary>
    public static NpgsqlBatchCommand NoteUnknown(AuditEntry entry) => Command(NoteUnlessKnownSql, entry, Unknown);

    /// <summary>In the transaction of the effect itself, so that neither stands without the other.</summary>
    public static async Task NoteDone(NpgsqlTransaction transaction, AuditEntry entry, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands = { Note(entry, Done) },
        };
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private static NpgsqlBatchCommand Command(string sql, AuditEntry entry, string detail) =>
        new(sql)
        {
            Parameters =
            {
                new() { Value = entry.Actor },
                new() { Value = entry.Action },
                new() { Value = entry.Target },
                new() { Value = entry.Request },
                new() { Value = detail },
            },
        };
}
