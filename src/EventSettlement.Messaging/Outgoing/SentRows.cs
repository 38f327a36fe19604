using Confluent.Kafka;

namespace EventSettlement.Messaging.Outgoing;

/// <summary>What Kafka's answers mean for the rows that were sent together.</summary>
internal sealed class SentRows
{
    /// <summary>Taken, and nothing of their key before them was refused: they can be deleted.</summary>
    public List<OutboxRow> Taken { get; } = [];

    /// <summary>Refused as messages, they or others in the same batch on the wire.</summary>
    public List<OutboxRow> Suspects { get; } = [];

    /// <summary>By topic why it takes nothing.</summary>
    public Dictionary<string, Error> Refused { get; } = [];

    /// <param name="rows">In their order.</param>
    /// <param name="answers">By the rows' order what each was refused with; null = taken.</param>
    public static SentRows Sort(IReadOnlyList<OutboxRow> rows, IReadOnlyList<Error?> answers)
    {
        var sorted = new SentRows();
        if (answers.All(error => error is null))
        {
            sorted.Taken.AddRange(rows);
            return sorted;
        }

        // What follows a refused message of the same key was taken before it: it is sent once more behind it.
        var overtaken = new HashSet<(string, string)>();
        for (var i = 0; i < rows.Count; i++)
        {
            var key = rows[i].Key is { } bytes ? (rows[i].Topic, Convert.ToHexString(bytes)) : default;
            if (answers[i] is { } error)
            {
                if (KafkaProducer.IsOfMessage(error))
                    sorted.Suspects.Add(rows[i]);
                else
                    sorted.Refused.TryAdd(rows[i].Topic, error);
                if (key != default)
                    overtaken.Add(key);
            }
            else if (key == default || !overtaken.Contains(key))
                sorted.Taken.Add(rows[i]);
        }

        return sorted;
    }
}
