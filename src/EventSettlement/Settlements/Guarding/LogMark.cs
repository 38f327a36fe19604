using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Platform;

namespace EventSettlement.Settlements.Guarding;

/// <summary>
/// The ends of a topic at one moment. What was written before that moment has been seen by its consumer only when the
/// consumer is past them; until then a message is late, not lost, and is not sent again.
/// </summary>
internal sealed class LogMark(string topic, int partitions, IEventLog log, IOutgoingWriter outgoing, Database database)
{
    private const string ReadOffsets = """
        SELECT partition, min(next_offset) AS next_offset FROM consumer_offset WHERE topic = @topic GROUP BY partition
        """;

    private Dictionary<int, long>? _ends;
    private DateTimeOffset _at;

    /// <summary>The moment before which all messages were consumed; null while there are some on the way.</summary>
    public async Task<DateTimeOffset?> ReadPassed(CancellationToken cancel)
    {
        if (_ends is null && !await ReadEnds(cancel))
            return null;
        var next = (await database.Query<Offset>(ReadOffsets, new { topic }, cancel)).ToDictionary(
            offset => offset.Partition,
            offset => offset.NextOffset
        );
        return _ends!.All(end => end.Value == 0 || next.GetValueOrDefault(end.Key) >= end.Value) ? _at : null;
    }

    /// <summary>The next answer is about what is in the log from now on.</summary>
    public void Forget() => _ends = null;

    private async Task<bool> ReadEnds(CancellationToken cancel)
    {
        var at = await database.QueryOne<DateTimeOffset>("SELECT clock()", null, cancel);
        if (await outgoing.CountWaiting(cancel) > 0)
            return false;
        var ends = new Dictionary<int, long>();
        for (var partition = 0; partition < partitions; partition++)
            ends[partition] = (await log.ReadBounds(new TopicPartition(topic, partition), cancel)).End;
        (_ends, _at) = (ends, at);
        return true;
    }

    private sealed record Offset(int Partition, long NextOffset);
}
