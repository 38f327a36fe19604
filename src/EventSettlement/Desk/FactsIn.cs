using EventSettlement.Facts;
using EventSettlement.Platform;
using EventSettlement.Programmes;
using Npgsql;

namespace EventSettlement.Desk;

/// <summary>Sends the facts of a desk and waits until the intakes have taken them out of the log.</summary>
internal sealed class FactsIn(DevOptions options, Database database, HttpClient api, Action<string> say)
{
    // Offsets rise by one a record; those that were not read yet when we began are taken in before ours.
    private const string ReadSql = "SELECT coalesce(sum(next_offset), 0)::bigint FROM consumer_offset WHERE topic = $1";

    private const string ParkedSql = "SELECT count(*) FROM parked_message WHERE topic = $1 AND status = 'PARKED'";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <returns>False when a line was refused; the others are sent without it.</returns>
    public async Task<bool> Send(DateOnly date, CancellationToken stop)
    {
        var files = options.Facts is { } file
            ? [(Server.Programmes[0].FactTopics[0], file)]
            : await WriteSample(date, stop);
        var allTaken = true;
        foreach (var (topic, path) in files)
            allTaken &= await Send(topic, path, stop);
        return allTaken;
    }

    private async Task<bool> Send(string topic, string file, CancellationToken stop)
    {
        var (read, parked) = (await Count(ReadSql, topic, stop), await Count(ParkedSql, topic, stop));
        var sent = await new FactFile(api) { LeavesOutWrongLines = true }.Send(topic, file, null, null, stop);
        say($"Facts: {sent.Accepted:N0} lines of {file} sent to the topic {topic}");
        foreach (var line in sent.Told())
            say("  " + line);
        if (sent.Refused.Count > 0)
            say(
                $"Facts: {sent.Refused.Count:N0} wrong lines were left out; correct them and send the file again, "
                    + "nothing counts twice"
            );
        if (!await WaitUntilRead(topic, read + sent.Accepted, stop))
            say($"  not all of them were read within {Patience.TotalSeconds:N0} s: {options.Settle} log list");
        if (await Count(ParkedSql, topic, stop) - parked is > 0 and var more)
            say($"  {more:N0} of them could not be taken and were parked: {options.Settle} parked list");
        return sent.Refused.Count == 0;
    }

    /// <summary>The sample of every programme, a file a topic.</summary>
    private async Task<List<(string Topic, string File)>> WriteSample(DateOnly date, CancellationToken stop)
    {
        var files = new List<(string, string)>();
        var size = new SampleSize(options.Studies, options.Seed, date);
        foreach (var topic in Server.Programmes.SelectMany(terms => terms.Sample(size)).GroupBy(fact => fact.Topic))
        {
            var file = Path.Combine(options.Folder, $"sample-{topic.Key}.jsonl");
            await File.WriteAllLinesAsync(file, topic.Select(fact => fact.Json), stop);
            files.Add((topic.Key, file));
        }

        return files;
    }

    /// <returns>False when nothing more was read for a while.</returns>
    private async Task<bool> WaitUntilRead(string topic, long place, CancellationToken stop)
    {
        var read = await Count(ReadSql, topic, stop);
        var changed = TimeProvider.System.GetTimestamp();
        while (read < place && TimeProvider.System.GetElapsedTime(changed) < Patience)
        {
            await Task.Delay(100, stop);
            var now = await Count(ReadSql, topic, stop);
            if (now != read)
                (read, changed) = (now, TimeProvider.System.GetTimestamp());
        }

        return read >= place;
    }

    private async Task<long> Count(string sql, string topic, CancellationToken stop)
    {
        await using var count = database.Reads.CreateCommand(sql);
        count.Parameters.Add(new NpgsqlParameter<string> { TypedValue = topic });
        return (long)(await count.ExecuteScalarAsync(stop))!;
    }
}
