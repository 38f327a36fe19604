using System.Runtime.CompilerServices;
using EventSettlement.Platform;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.StudyRefunds;

/// <summary>A study that was taken in; members in the order of their ids, absences by the same index.</summary>
internal sealed record Study(
    string StudyId,
    DateTime CompletedAt,
    string Currency,
    long Deposit,
    long Penalty,
    string[] Members,
    int[] Absences,
    byte[] Digest,
    string FactTopic,
    int FactPartition,
    long FactOffset
);

/// <summary>The table <c>study</c>, as it is read. Everything but <c>run_id</c> stands as it was taken in.</summary>
internal sealed class Studies(Database database)
{
    private const int MostStudies = 1_000;
    private const int MostItems = 12_000;
    private const int FirstStudies = 100;

    private const string Columns = """
        study_id, completed_at, currency, deposit, penalty, members, absences, digest, fact_topic, fact_partition,
        fact_offset
        """;

    private const string UnplannedSql = $"""
        SELECT {Columns} FROM study
        WHERE run_id IS NULL AND completed_at < $1 AND (completed_at, study_id) > ($2, $3)
        ORDER BY completed_at, study_id LIMIT $4
        """;

    private const string OneUnplannedSql = $"""
        SELECT {Columns} FROM study WHERE study_id = $1 AND run_id IS NULL AND completed_at < $2
        """;

    private const string PlannedSql = $"""
        SELECT {Columns} FROM study WHERE run_id IS NOT NULL AND study_id > $1 ORDER BY study_id LIMIT $2
        """;

    private const string ByIdSql = $"SELECT {Columns} FROM study WHERE study_id = $1";

    private const string LeftOutSql = """
        SELECT study_id, completed_at, run_id FROM study
        WHERE CASE WHEN $2 IS NULL THEN run_id IS NULL AND completed_at >= $1
            ELSE study_id = $2 AND (run_id IS NOT NULL OR completed_at >= $1) END
        ORDER BY completed_at, study_id
        """;

    // Not "run_id IS NULL": with the statistics of a time when all was planned PostgreSQL would go through the index of
    // unplanned studies for each row of the chunk, a second a chunk where there are 10,000.
    private const string MarkSql = """
        UPDATE study SET run_id = $2 FROM unnest($1) AS planned (id) WHERE study.study_id = planned.id
            AND coalesce(study.run_id, 0) = 0
        """;

    public static NpgsqlBatchCommand Mark(string[] ids, long run) =>
        new(MarkSql)
        {
            Parameters =
            {
                new() { Value = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = run },
            },
        };

    /// <summary>
    /// In the order of their completion, in chunks. Facts that arrive behind its place are left to the next run.
    /// </summary>
    public async IAsyncEnumerable<List<Study>> Unplanned(
        DateTime before,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        // The first chunk is small, so that paying begins at once; then as large as the items allow.
        var limit = FirstStudies;
        var lastAt = DateTime.SpecifyKind(DateTime.UnixEpoch, DateTimeKind.Utc);
        var lastId = "";
        while (true)
        {
            await using var command = database.Hot.CreateCommand(UnplannedSql);
            command.Parameters.Add(Time(before));
            command.Parameters.Add(Time(lastAt));
            command.Parameters.Add(Text(lastId));
            command.Parameters.Add(new() { Value = limit });
            var chunk = await Read(command, limit, cancel);
            if (chunk.Count == 0)
                yield break;
            yield return chunk;
            (lastAt, lastId) = (chunk[^1].CompletedAt, chunk[^1].StudyId);
            var membersEach = chunk.Sum(s => (long)s.Members.Length) / (double)chunk.Count;
            limit = Math.Clamp((int)(MostItems / membersEach), 1, Math.Min(MostStudies, limit * 4));
        }
    }

    /// <returns>None when it is planned, unknown or completed later.</returns>
    public async Task<List<Study>> Unplanned(string id, DateTime before, CancellationToken cancel)
    {
        await using var command = database.Hot.CreateCommand(OneUnplannedSql);
        command.Parameters.Add(Text(id));
        command.Parameters.Add(Time(before));
        return await Read(command, 1, cancel);
    }

    /// <summary>All that a run has taken, in the order of their ids, in chunks.</summary>
    public async IAsyncEnumerable<List<Study>> Planned([EnumeratorCancellation] CancellationToken cancel)
    {
        for (var lastId = ""; ; )
        {
            await using var command = database.Hot.CreateCommand(PlannedSql);
            command.Parameters.Add(Text(lastId));
            command.Parameters.Add(new() { Value = MostStudies });
            var chunk = await Read(command, MostStudies, cancel);
            if (chunk.Count == 0)
                yield break;
            yield return chunk;
            lastId = chunk[^1].StudyId;
        }
    }

    /// <returns>Null when there is no such study.</returns>
    public async Task<Study?> Find(string id, CancellationToken cancel)
    {
        await using var command = database.Reads.CreateCommand(ByIdSql);
        command.Parameters.Add(Text(id));
        return (await Read(command, 1, cancel)).SingleOrDefault();
    }

    /// <summary>Studies that a run for the date does not plan, and the run that has planned one, if any has.</summary>
    public async IAsyncEnumerable<(string Id, DateTime CompletedAt, long? Run)> LeftOut(
        DateTime before,
        string? id,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await using var command = database.Reads.CreateCommand(LeftOutSql);
        command.Parameters.Add(Time(before));
        command.Parameters.Add(new() { Value = id ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            yield return (row.GetString(0), row.GetDateTime(1), row.IsDBNull(2) ? null : row.GetInt64(2));
    }

    private static async Task<List<Study>> Read(NpgsqlCommand command, int capacity, CancellationToken cancel)
    {
        var studies = new List<Study>(capacity);
        var items = 0;
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (items < MostItems && await row.ReadAsync(cancel))
        {
            studies.Add(
                new Study(
                    row.GetString(0),
                    row.GetDateTime(1),
                    row.GetString(2),
                    row.GetInt64(3),
                    row.GetInt64(4),
                    row.GetFieldValue<string[]>(5),
                    row.GetFieldValue<int[]>(6),
                    row.GetFieldValue<byte[]>(7),
                    row.GetString(8),
                    row.GetInt32(9),
                    row.GetInt64(10)
                )
            );
            items += studies[^1].Members.Length;
        }

        return studies;
    }

    private static NpgsqlParameter Time(DateTime at) => new() { Value = at, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter Text(string text) => new() { Value = text, NpgsqlDbType = NpgsqlDbType.Text };
}
