using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Log;
using EventSettlement.Views.Intake;
using EventSettlement.Views.Owners;

namespace EventSettlement.Views;

/// <summary>A place in a log up to which facts have come.</summary>
/// <param name="Next">The offset after the last of them.</param>
public sealed record FactPosition(string Topic, int Partition, long Next);

/// <summary>How far the facts about views have come, and whether they are read that far.</summary>
public sealed class FactsRead(OffsetStore offsets, IEventLog log)
{
    private static readonly (string Group, string Topic)[] Readers =
    [
        (ViewIntake.Group, ViewsSlice.Topic),
        (ContentIntake.Group, ViewsSlice.OwnersTopic),
    ];

    /// <summary>The end of every partition, as the log is now.</summary>
    public async Task<IReadOnlyList<FactPosition>> ReadEnds(CancellationToken cancel)
    {
        var ends = new List<FactPosition>();
        foreach (var (topic, partitions) in await log.ReadPartitions([.. Readers.Select(r => r.Topic)], cancel))
            for (var partition = 0; partition < partitions; partition++)
                ends.Add(new(topic, partition, (await log.ReadBounds(new(topic, partition), cancel)).End));
        return ends;
    }

    /// <returns>Those of the positions that are not reached: facts before them are not counted yet.</returns>
    public async Task<IReadOnlyList<FactPosition>> FindUnread(
        IReadOnlyList<FactPosition> positions,
        CancellationToken cancel
    )
    {
        var unread = new List<FactPosition>();
        foreach (var (group, topic) in Readers)
        {
            var read = (await offsets.Read(group, cancel)).ToDictionary(o => o.Source, o => o.NextOffset);
            foreach (var position in positions.Where(p => p.Topic == topic))
            {
                var source = new TopicPartition(topic, position.Partition);
                var next = read.GetValueOrDefault(source);
                if (next >= position.Next)
                    continue;
                // Offsets that hold no record, such as those of transactions or before the log's begin, are never read.
                next = Math.Max((await log.ReadBounds(source, cancel)).Begin, next);
                if (next < position.Next && await log.HasRecords(source, next, cancel))
                    unread.Add(position);
            }
        }

        return unread;
    }
}
