using EventSettlement.Platform;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Payees;

/// <summary>Tax profiles of payees: what was put, and what is in force on a day.</summary>
public sealed class TaxProfiles(Database database)
{
    private const long LockKey = 0x5041_5945_4553;

    // A put takes its time under this lock. Whoever has had it shared since sees every put with an earlier time, so the
    // same question about the same moment has the same answer for ever.
    private const string LockPuts = "SELECT pg_advisory_xact_lock($1)";
    private const string AwaitPuts = "SELECT pg_advisory_xact_lock_shared($1)";

    private const string InsertChanged = """
        WITH now AS MATERIALIZED (SELECT clock() AS at)
        INSERT INTO payee_tax (payee_id, from_date, kind, put_at, put_by)
        SELECT p.payee_id, p.from_date, p.kind, now.at, $4
        FROM unnest($1, $2, $3) AS p (payee_id, from_date, kind) CROSS JOIN now
        WHERE p.kind IS DISTINCT FROM (SELECT t.kind FROM payee_tax t
            WHERE t.payee_id = p.payee_id AND t.from_date = p.from_date ORDER BY t.seq DESC LIMIT 1)
        """;

    // One descent of the primary key a payee, however many rows there are.
    private const string ReadInForce = """
        SELECT p.payee_id, k.kind FROM unnest($1) AS p (payee_id)
        CROSS JOIN LATERAL (SELECT t.kind FROM payee_tax t
            WHERE t.payee_id = p.payee_id AND t.from_date <= $2 AND t.put_at <= coalesce($3, 'infinity')
            ORDER BY t.from_date DESC, t.seq DESC LIMIT 1) k
        """;

    /// <summary>The kinds in force on a day, in one query for any number of payees.</summary>
    /// <param name="on">In Seoul; of the rows that begin on it or earlier the latest counts.</param>
    /// <param name="known">UTC, not after now: what was put later is left out. Null = all that is known.</param>
    /// <returns>Payees without a row are not in it: they are <see cref="TaxKind.None"/>.</returns>
    public async Task<IReadOnlyDictionary<string, TaxKind>> Read(
        IReadOnlyCollection<string> payees,
        DateOnly on,
        DateTime? known,
        CancellationToken cancel
    )
    {
        var kinds = new Dictionary<string, TaxKind>(StringComparer.Ordinal);
        await using var connection = await database.Hot.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (known is not null)
            await Lock(AwaitPuts, transaction, cancel);
        await using var read = new NpgsqlCommand(ReadInForce, connection, transaction);
        read.Parameters.Add(RowArrays.Texts([.. payees.Distinct(StringComparer.Ordinal)]));
        read.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = on });
        read.Parameters.Add(
            new NpgsqlParameter { Value = (object?)known ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz }
        );
        await using var row = await read.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            kinds.Add(
                row.GetString(0),
                TaxKinds.TryRead(row.GetString(1), out var kind)
                    ? kind
                    : throw new InvalidOperationException($"payee_tax holds the unknown kind {row.GetString(1)}")
            );
        return kinds;
    }

    /// <summary>
    /// All or none. Of several for one payee and day the last one counts; what is so already is left alone.
    /// </summary>
    /// <param name="note">Writes the audit row in the same transaction.</param>
    /// <returns>How many changed something.</returns>
    public async Task<int> Put(
        IReadOnlyList<TaxProfile> profiles,
        string actor,
        Func<NpgsqlTransaction, Task> note,
        CancellationToken cancel
    )
    {
        var last = profiles.Reverse().DistinctBy(profile => (profile.PayeeId, profile.From)).ToList();
        await using var connection = await database.Hot.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await Lock(LockPuts, transaction, cancel);
        await using var insert = new NpgsqlCommand(InsertChanged, connection, transaction);
        insert.Parameters.Add(RowArrays.Texts([.. last.Select(profile => profile.PayeeId)]));
        insert.Parameters.Add(RowArrays.Parameter(last, NpgsqlDbType.Date, profile => profile.From));
        insert.Parameters.Add(RowArrays.Texts([.. last.Select(profile => profile.Kind.Text())]));
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor });
        var put = await insert.ExecuteNonQueryAsync(cancel);
        await note(transaction);
        await transaction.CommitAsync(cancel);
        return put;
    }

    private static async Task Lock(string sql, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = LockKey });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
