using System.Globalization;
using EventSettlement.Platform;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Api;

/// <summary>One payment to one member, under the key the member service knows it by.</summary>
public sealed record ItemRow(
    Guid SettlementId,
    int No,
    string Key,
    string Programme,
    string Subject,
    string MemberId,
    long Amount,
    string Currency,
    string State,
    int Attempt,
    string? TransactionId,
    string? ErrorCode,
    DateTimeOffset? PaidAt
);

/// <summary>Items to look at, in the order of settlement and number.</summary>
public sealed class ItemReads(Database database)
{
    // Settlements are walked first and only as many as can fill the page, so that a run of a million costs no sort.
    private const string ListItems = """
        SELECT i.settlement_id, i.no, i.settlement_id || '-' || i.no || ':1' AS key, r.programme, r.subject,
            i.member_id,
            i.amount, r.currency, i.state, i.attempt, i.transaction_id, i.error_code, i.paid_at
        FROM (SELECT settlement_id, programme, subject, currency FROM settlement_request
              WHERE ($1 IS NULL OR run_id = $1) AND ($2 IS NULL OR settlement_id = $2) AND settlement_id >= $3
              ORDER BY settlement_id LIMIT CASE WHEN $6 IS NULL AND $7 IS NULL THEN $5 END) r
        JOIN settlement_item i USING (settlement_id)
        WHERE (i.settlement_id, i.no) > ($3, $4) AND ($6 IS NULL OR i.state = ANY ($6))
          AND ($7 IS NULL OR i.member_id = $7)
        ORDER BY i.settlement_id, i.no LIMIT $5
        """;

    public async Task<Page<ItemRow>> List(ItemFilter filter, int? limit, string? after, CancellationToken cancel)
    {
        var most = Paging.Limit(limit);
        var (id, no) = Place(after);
        var rows = await database.Query<ItemRow>(
            ListItems,
            cancel,
            Typed(filter.Run, NpgsqlDbType.Bigint),
            Typed(filter.Settlement, NpgsqlDbType.Uuid),
            id,
            no,
            most + 2,
            Typed(filter.States(), NpgsqlDbType.Array | NpgsqlDbType.Text),
            Typed(filter.Member, NpgsqlDbType.Text)
        );
        if (rows.Count > most + 1)
            rows.RemoveAt(rows.Count - 1);
        return Paging.Cut(rows, most, r => string.Create(CultureInfo.InvariantCulture, $"{r.SettlementId}|{r.No}"));
    }

    public async Task<ItemRow?> Find(Guid settlement, int no, CancellationToken cancel)
    {
        const string findItem = """
            SELECT i.settlement_id, i.no, i.settlement_id || '-' || i.no || ':1' AS key, r.programme, r.subject,
            i.member_id,
                i.amount, r.currency, i.state, i.attempt, i.transaction_id, i.error_code, i.paid_at
            FROM settlement_item i JOIN settlement_request r USING (settlement_id)
            WHERE i.settlement_id = $1 AND i.no = $2
            """;
        return (await database.Query<ItemRow>(findItem, cancel, settlement, no)).SingleOrDefault();
    }

    /// <summary>Whether a person ended it in just this way already.</summary>
    public async Task<bool> IsResolved(
        Guid settlement,
        int no,
        string? paid,
        string? writeOff,
        CancellationToken cancel
    )
    {
        const string findResolved = """
            SELECT EXISTS (SELECT FROM settlement_item WHERE settlement_id = $1 AND no = $2
                AND (state = 'PAID' AND transaction_id = $3 OR state = 'WRITTEN_OFF' AND error_message = $4))
            """;
        await using var command = database.Reads.CreateCommand(findResolved);
        command.Parameters.AddWithValue(settlement);
        command.Parameters.AddWithValue(no);
        command.Parameters.Add(Typed(paid, NpgsqlDbType.Text));
        command.Parameters.Add(Typed(writeOff, NpgsqlDbType.Text));
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static NpgsqlParameter Typed(object? value, NpgsqlDbType type) =>
        new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    private static (Guid Id, int No) Place(string? after)
    {
        if (after is not null && ItemResolving.Parse(after) is { } shown)
            return shown;
        if (Paging.Decode(after) is not { } text)
            return (Guid.Empty, 0);
        var parts = text.Split('|');
        return
            parts.Length == 2
            && Guid.TryParse(parts[0], out var id)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var no)
            ? (id, no)
            : throw Paging.Unknown();
    }
}

/// <summary>Which items; one of run, settlement and member is given, and all that are given hold.</summary>
public sealed record ItemFilter(Guid? Settlement, long? Run, string? Member, string? State)
{
    private static readonly string[] Known =
    [
        "PENDING",
        "SENDING",
        "PAID",
        "FAILED",
        "REJECTED",
        "IN_DOUBT",
        "CANCELLED",
        "WRITTEN_OFF",
    ];

    public string[]? States()
    {
        if (string.IsNullOrWhiteSpace(State))
            return null;
        var asked = State
            .ToUpperInvariant()
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return asked.All(Known.Contains)
            ? asked
            : throw ProblemException.Invalid("/state", "is one of " + string.Join(", ", Known));
    }
}
