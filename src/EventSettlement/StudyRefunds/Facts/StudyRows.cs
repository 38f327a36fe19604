using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Log;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.StudyRefunds.Facts;

/// <summary>The table <c>study</c>, as the intake writes it.</summary>
internal static class StudyRows
{
    // Arrays of unequal lengths cannot travel in one array. No id holds a control character, so this one parts them.
    private const char Separator = '\u001f';

    private const string InsertSql = """
        INSERT INTO study (study_id, completed_at, currency, deposit, penalty, members, absences, digest,
                           fact_topic, fact_partition, fact_offset, received_at)
        SELECT id, at, currency, deposit, penalty, string_to_array(members, E'\x1f'),
               string_to_array(absences, E'\x1f')::integer[], digest, @topic, @partition, place, clock()
        FROM unnest(@id, @at, @currency, @deposit, @penalty, @members, @absences, @digest, @place)
             AS fact (id, at, currency, deposit, penalty, members, absences, digest, place)
        ON CONFLICT (study_id) DO NOTHING
        RETURNING study_id
        """;

    private const string ReadSql = """
        SELECT study_id, completed_at, currency, deposit, penalty, members, absences, digest
        FROM study WHERE study_id = ANY(@ids)
        """;

    /// <returns>The studies that were not there before.</returns>
    public static async Task<HashSet<string>> Insert(
        OwnedTransaction transaction,
        List<(LogRecord Record, StudyFact Fact)> facts,
        CancellationToken cancel
    )
    {
        await using var command = transaction.Command(InsertSql);
        var p = command.Parameters;
        Add(p, "id", NpgsqlDbType.Text, facts.Select(f => f.Fact.StudyId));
        Add(p, "at", NpgsqlDbType.TimestampTz, facts.Select(f => f.Fact.CompletedAt));
        Add(p, "currency", NpgsqlDbType.Text, facts.Select(f => f.Fact.Currency));
        Add(p, "deposit", NpgsqlDbType.Bigint, facts.Select(f => f.Fact.Deposit));
        Add(p, "penalty", NpgsqlDbType.Bigint, facts.Select(f => f.Fact.Penalty));
        Add(p, "members", NpgsqlDbType.Text, facts.Select(f => string.Join(Separator, f.Fact.Members)));
        Add(p, "absences", NpgsqlDbType.Text, facts.Select(f => string.Join(Separator, f.Fact.Absences)));
        Add(p, "digest", NpgsqlDbType.Bytea, facts.Select(f => f.Fact.Digest));
        Add(p, "place", NpgsqlDbType.Bigint, facts.Select(f => f.Record.Offset));
        p.Add(new NpgsqlParameter<string>("topic", transaction.Source.Topic));
        p.Add(new NpgsqlParameter<int>("partition", transaction.Source.Partition));
        var inserted = new HashSet<string>(facts.Count, StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            inserted.Add(reader.GetString(0));
        return inserted;
    }

    /// <summary>What was taken before, also by a transaction that the insert has just waited for.</summary>
    public static async Task<List<StudyFact>> Read(OwnedTransaction transaction, string[] ids, CancellationToken cancel)
    {
        var facts = new List<StudyFact>(ids.Length);
        if (ids.Length == 0)
            return facts;
        await using var command = transaction.Command(ReadSql);
        Add(command.Parameters, "ids", NpgsqlDbType.Text, ids);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            facts.Add(
                new StudyFact(
                    reader.GetString(0),
                    reader.GetDateTime(1),
                    reader.GetString(2),
                    reader.GetInt64(3),
                    reader.GetInt64(4),
                    reader.GetFieldValue<string[]>(5),
                    reader.GetFieldValue<int[]>(6),
                    [],
                    reader.GetFieldValue<byte[]>(7)
                )
            );
        return facts;
    }

    private static void Add<T>(
        NpgsqlParameterCollection parameters,
        string name,
        NpgsqlDbType type,
        IEnumerable<T> values
    ) => parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Array | type) { Value = values.ToArray() });
}
