using EventSettlement.Api;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Policies;

/// <summary>Puts a policy: one of a programme at a time, so each is compared with all that were put before.</summary>
internal sealed class PolicyCommands(Database database, PolicyRows rows)
{
    private const int MostTold = 50;

    // The comparison reads on connections of its own while this one holds the lock. A process that is frozen then must
    // not keep everybody else from putting; a request that works takes no longer than this.
    private const string Begin = """
        SET LOCAL idle_in_transaction_session_timeout = '35s';
        SELECT pg_advisory_xact_lock(hashtextextended('policy of ' || @programme, 0))
        """;

    private const string InsertVersion = """
        INSERT INTO policy
            (programme, effective_from, document, corrects, put_by, changes_settled, changes_open, request)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    /// <exception cref="ProblemException">
    /// The date has a version already, or settled periods would change and the policy does not correct.
    /// </exception>
    public async Task<PutVersion> Put(
        IPolicyRules rules,
        DateOnly from,
        string document,
        bool corrects,
        AuditEntry audit,
        CancellationToken cancel
    )
    {
        await using var connection = await database.Reads.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var begin = new NpgsqlCommand(Begin, connection, transaction))
        {
            begin.Parameters.AddWithValue("programme", rules.Programme);
            await begin.ExecuteNonQueryAsync(cancel);
        }

        if (await rows.Find(rules.Programme, from, cancel) is { } there)
            return IsPutBy(audit, there) ? there : throw Exists(there.Version);
        var effect = await rules.Compare(document, cancel);
        if (effect.Settled.Count > 0 && !corrects)
            throw ChangesSettled(effect.Settled);
        await using (var insert = new NpgsqlCommand(InsertVersion, connection, transaction))
        {
            insert.Parameters.AddWithValue(rules.Programme);
            insert.Parameters.AddWithValue(from);
            insert.Parameters.AddWithValue(document);
            insert.Parameters.AddWithValue(corrects);
            insert.Parameters.AddWithValue(audit.Actor);
            insert.Parameters.AddWithValue(effect.Settled.ToArray());
            insert.Parameters.AddWithValue(effect.Open.ToArray());
            insert.Parameters.AddWithValue(audit.Request);
            await insert.ExecuteNonQueryAsync(cancel);
        }

        await AuditRows.NoteDone(transaction, audit, cancel);
        await transaction.CommitAsync(cancel);
        return (await rows.Find(rules.Programme, from, cancel))!;
    }

    // The same request after a crash finds what it has done.
    private static bool IsPutBy(AuditEntry audit, PutVersion there) =>
        there.Version.PutBy == audit.Actor && audit.Request.AsSpan().SequenceEqual(there.Request);

    private static ProblemException Exists(PolicyVersion there) =>
        ProblemException.Refused(
            "version_exists",
            $"{there.Programme} has a policy from {there.EffectiveFrom:yyyy-MM-dd} on, put by {there.PutBy} at "
                + $"{Seoul.Format(there.PutAt)}: a version is never edited",
            "put one with another effectiveFrom; settle policy show shows the one that is there"
        );

    private static ProblemException ChangesSettled(IReadOnlyList<string> settled)
    {
        var more = settled.Count > MostTold ? $"; and {settled.Count - MostTold} more" : "";
        return ProblemException.Refused(
            "changes_settled",
            $"it would change what is settled: {string.Join("; ", settled.Take(MostTold))}{more}",
            "where that is meant: settle policy put --corrects, in a request \"corrects\": true; the corrections are "
                + "then lines of the next period"
        );
    }
}
