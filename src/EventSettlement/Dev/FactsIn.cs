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

    /// <returns>False when a line was refused; the others are sent without it.</returns>
    public async Task<bool> Send(DateOnly date, CancellationToken stop)
    {
        var file = options.Facts ?? await WriteSample(date, stop);
        var studies = await Studies(file, stop);
        string[] ids = [.. studies.Select(study => study.Id).Distinct()];
        var before = await Known(ids, stop);
        var sent = await new FactFile(api) { LeavesOutWrongLines = true }.Send(
            Topics.StudyCompleted,
            file,
            null,
            null,
            stop
        );
        say($"Facts: {sent.Accepted:N0} lines of {file} sent to the topic {Topics.StudyCompleted}");
        foreach (var line in sent.Told())
            say("  " + line);
        if (sent.Refused.Count > 0)
            say(
                $"Facts: {sent.Refused.Count:N0} wrong lines were left out; correct them and send the file again, "
                    + "nothing counts twice"
            );
        await Taken([.. studies.Where(s => !sent.Refused.Contains(s.Line)).Select(s => s.Id).Distinct()], stop);
        var after = await Known(ids, stop);
        say(
            after == before
                ? "Facts: nothing new, these studies were known"
                : $"Facts: {after - before:N0} new studies taken in"
        );
        return sent.Refused.Count == 0;
    }

    private async Task<string> WriteSample(DateOnly date, CancellationToken stop)
    {
        var file = Path.Combine(options.Folder, "sample-facts.jsonl");
        var lines = SampleFacts.Lines(options.Studies, DevOptions.MembersPerStudy, options.Seed, date);
        await File.WriteAllLinesAsync(file, lines, stop);
        return file;
    }

    /// <summary>All of them are there, or no more of them came for a while: those are parked.</summary>
    private async Task Taken(string[] ids, CancellationToken stop)
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
        if (known < ids.Length)
            say($"  {ids.Length - known:N0} studies were not taken: {options.Settle} parked list");
    }

    private async Task<long> Known(string[] ids, CancellationToken stop)
    {
        await using var count = database.Reads.CreateCommand(KnownSql);
        count.Parameters.Add(
            new NpgsqlParameter { Value = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }
        );
        return (long)(await count.ExecuteScalarAsync(stop))!;
    }

    private static async Task<List<(int Line, string Id)>> Studies(string file, CancellationToken stop)
    {
        var studies = new List<(int Line, string Id)>();
        var number = 0;
        await foreach (var line in File.ReadLinesAsync(file, stop))
        {
            number++;
            if (IdIn(line) is { } id)
                studies.Add((number, id));
        }

        return studies;
    }

    /// <returns>Null where there is none that a study could have.</returns>
    private static string? IdIn(string line)
    {
        try
        {
            using var fact = JsonDocument.Parse(line);
            return
                fact.RootElement.ValueKind == JsonValueKind.Object
                && fact.RootElement.TryGetProperty("studyId", out var id)
                && !id.ToString().Any(char.IsControl)
                ? id.ToString()
                : null;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            // The intake names this line and what is wrong with it.
            return null;
        }
    }
}
