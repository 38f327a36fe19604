using System.Text.Json;
using EventSettlement.Contracts;
using EventSettlement.Platform;
using EventSettlement.StudyRefunds;
using EventSettlement.StudyRefunds.Intake;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Dev;

/// <summary>Sends the facts of a run and waits until the intake has taken them out of the log.</summary>
internal sealed class FactsIn(DevOptions options, Database database, HttpClient api, Action<string> say)
{
    private const string KnownSql = "SELECT count(*) FROM study WHERE study_id = ANY($1)";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public async Task Send(DateOnly date, CancellationToken stop)
    {
        var file = options.Facts ?? await WriteSample(date, stop);
        var ids = await StudyIds(file, stop);
        var before = await Known(ids, stop);
        var answer = await new FactFile(api).Send(Topics.StudyCompleted, file, null, null, stop);
        say($"Facts: {answer.Accepted:N0} lines of {file} sent to the topic {Topics.StudyCompleted}");
        foreach (var problem in answer.Problems)
            say($"  line {problem.Line} {problem.Pointer}: {problem.Rule}");
        var after = await Taken(ids, answer.Problems.Count == 0, stop);
        say(after == before ? "Facts: nothing new, these studies were known"
            : $"Facts: {after - before:N0} new studies taken in");
    }

    private async Task<string> WriteSample(DateOnly date, CancellationToken stop)
    {
        var file = Path.Combine(options.Folder, "sample-facts.jsonl");
        var lines = SampleFacts.Lines(options.Studies, DevOptions.MembersPerStudy, options.Seed, date);
        await File.WriteAllLinesAsync(file, lines, stop);
        return file;
    }

    /// <summary>All of them are there, or no more of them came for a while: those are parked.</summary>
    private async Task<long> Taken(string[] ids, bool allAccepted, CancellationToken stop)
    {
        var known = await Known(ids, stop);
        var changed = TimeProvider.System.GetTimestamp();
        while (known < ids.Length && TimeProvider.System.GetElapsedTime(changed) < Patience)
        {
            await Task.Delay(100, stop);
            var now = await Known(ids, stop);
            if (now != known)
                (known, changed) = (now, TimeProvider.System.GetTimestamp());
        }
        if (known < ids.Length && allAccepted)
            say($"  {ids.Length - known:N0} studies were not taken: ./settle parked list");
        return known;
    }

    private async Task<long> Known(string[] ids, CancellationToken stop)
    {
        await using var count = database.Reads.CreateCommand(KnownSql);
        count.Parameters.Add(new NpgsqlParameter { Value = ids,
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        return (long)(await count.ExecuteScalarAsync(stop))!;
    }

    private static async Task<string[]> StudyIds(string file, CancellationToken stop)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var line in File.ReadLinesAsync(file, stop))
            if (IdIn(line) is { } id)
                ids.Add(id);
        return [.. ids];
    }

    private static string? IdIn(string line)
    {
        try
        {
            using var fact = JsonDocument.Parse(line);
            return fact.RootElement.ValueKind == JsonValueKind.Object
                && fact.RootElement.TryGetProperty("studyId", out var id) ? id.ToString() : null;
        }
        catch (JsonException)
        {
            // The intake names this line and what is wrong with it.
            return null;
        }
    }
}
