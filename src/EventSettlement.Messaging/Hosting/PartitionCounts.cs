using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Log;
using Npgsql;

namespace EventSettlement.Messaging.Hosting;

/// <summary>
/// Makes the topics and gives ours the configured number of partitions. A key changes its partition with the number, so
/// what is under way would be overtaken by what comes, and two batches could hold one saga: it changes only while
/// nothing is. A topic that others made has the number that they gave it.
/// </summary>
internal sealed class PartitionCounts(
    NpgsqlDataSource database,
    IEventLog log,
    OffsetStore offsets,
    MessagingBuilder builder,
    MessagingOptions options,
    IReadOnlyList<(string Group, string Topic)> readers
)
{
    private const long LockKey = 0x5041_5254_4954;

    private const string Waiting = """
        SELECT CASE WHEN EXISTS (SELECT 1 FROM outbox) THEN 'messages wait in the outbox'
            WHEN EXISTS (SELECT 1 FROM scheduled_message) THEN 'timers are set' END
        """;

    private readonly TopicSpec[] _topics =
    [
        .. builder.Topics.Select(name => new TopicSpec(
            name,
            options.Partitions,
            !log.IsShared || !builder.SharedTopics.Contains(name)
        )),
    ];

    /// <exception cref="InvalidOperationException">It cannot be changed, or not now; says what to do.</exception>
    public async Task Apply(CancellationToken cancel)
    {
        if (Different(await log.CreateTopics(_topics, cancel)).Count == 0)
            return;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await Lock(connection, "SELECT pg_advisory_lock($1)", cancel);
        try
        {
            // Another server may have changed it while this one waited.
            await Change(await log.CreateTopics(_topics, cancel), cancel);
        }
        finally
        {
            await Lock(connection, "SELECT pg_advisory_unlock($1)", CancellationToken.None);
        }
    }

    private async Task Change(IReadOnlyDictionary<string, int> counts, CancellationToken cancel)
    {
        var different = Different(counts);
        if (different.Count == 0)
            return;
        var topic = different.MaxBy(name => counts[name])!;
        var said = $"Topic {topic} has {counts[topic]} partitions and EventLog:Partitions says {options.Partitions}";
        if (counts[topic] > options.Partitions && !log.CanShrink)
            throw new InvalidOperationException(
                $"{said}. Kafka cannot take partitions from a topic: set EventLog:Partitions to {counts[topic]}."
            );
        if (await FindUnderWay(counts, cancel) is { } what)
            throw new InvalidOperationException(
                $"{said}, and it does not change while anything is under way: {what}. Start with "
                    + $"EventLog:Partitions={counts[topic]}, let it all be handled, then change it."
            );
        foreach (var name in different)
            await log.SetPartitions(name, options.Partitions, cancel);
    }

    private List<string> Different(IReadOnlyDictionary<string, int> counts) =>
        [.. _topics.Where(topic => topic.IsOurs && counts[topic.Name] != topic.Partitions).Select(topic => topic.Name)];

    /// <summary>
    /// Asked of every topic of ours, for one's message becomes another's. What waits in a topic of others does not
    /// count: its number stays as it is.
    /// </summary>
    private async Task<string?> FindUnderWay(IReadOnlyDictionary<string, int> counts, CancellationToken cancel)
    {
        await using var waiting = database.CreateCommand(Waiting);
        if (await waiting.ExecuteScalarAsync(cancel) is string what)
            return what;
        var ours = _topics.Where(topic => topic.IsOurs).Select(topic => topic.Name).ToHashSet();
        foreach (var group in readers.Where(reader => ours.Contains(reader.Topic)).GroupBy(reader => reader.Group))
        {
            var stored = (await offsets.Read(group.Key, cancel)).ToDictionary(o => o.Source, o => o.NextOffset);
            foreach (
                var source in group.SelectMany(reader =>
                    Enumerable
                        .Range(0, counts[reader.Topic])
                        .Select(partition => new TopicPartition(reader.Topic, partition))
                )
            )
            {
                var (begin, end) = await log.ReadBounds(source, cancel);
                if (stored.GetValueOrDefault(source, begin) < end)
                    return $"{group.Key} has not read {source} to its end";
            }
        }

        return null;
    }

    private static async Task Lock(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        command.Parameters.Add(new() { Value = LockKey });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
