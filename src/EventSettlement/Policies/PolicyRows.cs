using EventSettlement.Platform;

namespace EventSettlement.Policies;

/// <summary>A policy as it was put.</summary>
/// <param name="EffectiveFrom">Its first day in Asia/Seoul.</param>
/// <param name="Document">JSON without mistakes, as it was put.</param>
/// <param name="Corrects">It may change settled periods.</param>
/// <param name="PutAt">UTC.</param>
public sealed record PolicyVersion(
    string Programme,
    DateOnly EffectiveFrom,
    string Document,
    bool Corrects,
    string PutBy,
    DateTime PutAt
);

/// <summary>Table policy, to read.</summary>
public sealed class PolicyRows(Database database)
{
    private const string AllVersions = """
        SELECT programme, effective_from, document, corrects, put_by, put_at FROM policy
        WHERE programme = @programme ORDER BY effective_from
        """;

    private const string ListVersions = """
        SELECT programme, effective_from, corrects, put_by, put_at FROM policy
        WHERE programme = @programme AND (@after::date IS NULL OR effective_from > @after)
        ORDER BY effective_from LIMIT @limit
        """;

    private const string OneVersion = """
        SELECT programme, effective_from, document, corrects, put_by, put_at, changes_settled, changes_open, request
        FROM policy WHERE programme = $1 AND effective_from = $2
        """;

    /// <summary>All versions of a programme, by effective date.</summary>
    public async Task<IReadOnlyList<PolicyVersion>> Read(string programme, CancellationToken cancel) =>
        await database.Query<PolicyVersion>(AllVersions, new { programme }, cancel);

    internal Task<List<PolicyRow>> List(string programme, DateOnly? after, int limit, CancellationToken cancel) =>
        database.Query<PolicyRow>(
            ListVersions,
            new
            {
                programme,
                after,
                limit,
            },
            cancel
        );

    /// <returns>Null where the programme has no version of this date.</returns>
    internal async Task<PutVersion?> Find(string programme, DateOnly date, CancellationToken cancel)
    {
        await using var command = database.Reads.CreateCommand(OneVersion);
        command.Parameters.AddWithValue(programme);
        command.Parameters.AddWithValue(date);
        await using var row = await command.ExecuteReaderAsync(cancel);
        if (!await row.ReadAsync(cancel))
            return null;
        var version = new PolicyVersion(
            row.GetString(0),
            row.GetFieldValue<DateOnly>(1),
            row.GetString(2),
            row.GetBoolean(3),
            row.GetString(4),
            row.GetDateTime(5)
        );
        var effect = new PolicyEffect(row.GetFieldValue<string[]>(6), row.GetFieldValue<string[]>(7));
        return new PutVersion(version, effect, row.IsDBNull(8) ? null : row.GetFieldValue<byte[]>(8));
    }
}

/// <summary>A version in a list.</summary>
public sealed record PolicyRow(
    string Programme,
    DateOnly EffectiveFrom,
    bool Corrects,
    string PutBy,
    DateTimeOffset PutAt
);

/// <param name="Told">What it was said to change when it was put.</param>
/// <param name="Request">SHA-256 of the request that put it.</param>
internal sealed record PutVersion(PolicyVersion Version, PolicyEffect Told, byte[]? Request);
