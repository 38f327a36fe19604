using EventSettlement.Messaging;
using EventSettlement.Platform;
using NpgsqlTypes;

namespace EventSettlement.Runs.Planning;

/// <summary>
/// Reads unplanned studies in the order of their completion, ahead of what is being written. Facts that arrive behind
/// its place are left to the next run.
/// </summary>
internal sealed class StudyReader(Database database, DateTime before)
{
    private const int MaxStudies = 1_000;
    private const int MaxItems = 12_000;
    private const int FirstStudies = 100;

    private static readonly string ReadSql = WithBug(
        """
        SELECT study_id, completed_at, currency, deposit, penalty, members, absences,
               fact_topic, fact_partition, fact_offset
        FROM study
        WHERE run_id IS NULL AND completed_at < $1 AND (completed_at, study_id) > ($2, $3)
        ORDER BY completed_at, study_id LIMIT $4
        """
    );

    // The first chunk is small, so that paying begins at once; then as large as the items allow.
    private int limit = FirstStudies;
    private DateTime lastAt = DateTime.SpecifyKind(DateTime.UnixEpoch, DateTimeKind.Utc);
    private string lastId = "";

    /// <returns>The next settlements; none when all are planned.</returns>
    public async Task<List<PlannedSettlement>> Next(CancellationToken cancel)
    {
        await using var command = database.Hot.CreateCommand(ReadSql);
        command.Parameters.Add(new() { Value = before, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = lastAt, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = lastId, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = limit, NpgsqlDbType = NpgsqlDbType.Integer });
        var chunk = new List<PlannedSettlement>(limit);
        var items = 0;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (items < MaxItems && await reader.ReadAsync(cancel))
        {
            var study = new StudyToPlan(
                reader.GetString(0),
                reader.GetDateTime(1),
                reader.GetString(2),
                reader.GetInt64(3),
                reader.GetInt64(4),
                reader.GetFieldValue<string[]>(5),
                reader.GetFieldValue<int[]>(6),
                reader.GetString(7),
                reader.GetInt32(8),
                reader.GetInt64(9)
            );
            items += study.Members.Length;
            var planned = PlanRules.Plan(study);
            chunk.Add(Planted.Bug("unique-dropped") ? planned with { Id = Guid.CreateVersion7() } : planned);
        }

        if (chunk.Count == 0)
            return chunk;
        (lastAt, lastId) = (chunk[^1].Study.CompletedAt, chunk[^1].Study.StudyId);
        limit = Math.Clamp((int)(MaxItems / (items / (double)chunk.Count)), 1, Math.Min(MaxStudies, limit * 4));
        return chunk;
    }

    private static string WithBug(string sql) =>
        Planted.Bug("unique-dropped") ? sql.Replace("run_id IS NULL AND", "", StringComparison.Ordinal) : sql;
}
