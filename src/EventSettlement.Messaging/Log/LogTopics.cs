using System.Collections.Concurrent;
using Npgsql;

namespace EventSettlement.Messaging.Log;

/// <summary>
/// Topics of the PostgreSQL log, read once each. Where another server has changed a count since, this one goes on
/// appending by the former: it was changed while nothing was under way, and every head that exists is read.
/// </summary>
public sealed class LogTopics(NpgsqlDataSource database)
{
    private readonly ConcurrentDictionary<string, LogTopic> _known = new();

    public async ValueTask<LogTopic> Find(string topic, CancellationToken cancel)
    {
        if (_known.TryGetValue(topic, out var known))
            return known;
        await using var command = database.CreateCommand("SELECT topic_id, partitions FROM log_topic WHERE topic = $1");
        command.Parameters.Add(new() { Value = topic });
        await using var row = await command.ExecuteReaderAsync(cancel);
        if (!await row.ReadAsync(cancel))
            throw new InvalidOperationException($"topic {topic} does not exist");
        return _known[topic] = new LogTopic(topic, row.GetInt32(0), row.GetInt32(1));
    }

    /// <summary>It is read anew when it is asked for next.</summary>
    public void Forget(string topic) => _known.TryRemove(topic, out _);
}

/// <summary>A topic as the tables know it.</summary>
/// <param name="Partitions">That messages are appended to; there may be further heads, of when it had more.</param>
public sealed record LogTopic(string Name, int Id, int Partitions);
