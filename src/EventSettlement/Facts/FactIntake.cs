using System.Diagnostics;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Platform;

namespace EventSettlement.Facts;

/// <summary>Facts over HTTP: all lines are good and appended in one transaction, or nothing is taken.</summary>
public sealed class FactIntake(Database database, IOutgoingWriter outgoing, IEnumerable<FactTopic> topics)
{
    /// <summary>Every wrong line is told with its first problem; of all that is wrong besides, so many.</summary>
    private const int MaxFurtherProblems = 100;

    private readonly Dictionary<string, FactTopic> _topics = topics.ToDictionary(t => t.Name);

    /// <summary>Topics that outsiders may append to, in ordinal order.</summary>
    public IReadOnlyList<string> Topics => [.. _topics.Keys.Order(StringComparer.Ordinal)];

    /// <returns>Null when nobody may append to it.</returns>
    public FactTopic? Find(string topic) => _topics.GetValueOrDefault(topic);

    /// <param name="keyPointer">JSON pointer to the record's key; null = the key that the topic's facts have.</param>
    public async Task<FactsAnswer> Append(
        FactTopic topic,
        IReadOnlyList<(int Line, byte[] Json)> lines,
        string? keyPointer,
        CancellationToken cancel
    )
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var clock = new Npgsql.NpgsqlCommand("SELECT clock()", connection, transaction);
        var now = (DateTime)(await clock.ExecuteScalarAsync(cancel))!;
        var messages = new List<OutgoingMessage>(lines.Count);
        var problems = new List<LineProblem>();
        var further = 0;
        foreach (var (line, json) in lines)
        {
            var check = topic.Check(json, now);
            var key = check.Key;
            var right = check.Problems.Count == 0;
            if (right && (keyPointer is null || FactKey.TryFind(json, keyPointer, out key)))
                messages.Add(Message(topic.Name, json, key));
            else if (right)
                problems.Add(new LineProblem(line, keyPointer!, FactCodes.BadText, FactKey.Rule));
            else
            {
                var told = check.Problems.Take(1 + MaxFurtherProblems - further).ToList();
                problems.AddRange(told.Select(p => new LineProblem(line, p.Pointer, p.Code, p.Rule)));
                further += told.Count - 1;
            }
        }

        if (problems.Count > 0)
            return new FactsAnswer(0, problems);
        await outgoing.Write(connection, transaction, messages, cancel);
        await transaction.CommitAsync(cancel);
        outgoing.Wake(messages);
        return new FactsAnswer(messages.Count, []);
    }

    private static OutgoingMessage Message(string topic, byte[] json, string? key)
    {
        var headers = HeaderMap
            .Empty.With("content-type", "application/json")
            .With("message-id", Guid.CreateVersion7().ToString("D"));
        return new OutgoingMessage(
            topic,
            key,
            json,
            Activity.Current is { Id: { } traceparent } ? headers.With("traceparent", traceparent) : headers
        );
    }
}

/// <summary>Either every line was taken or each wrong one is named.</summary>
public sealed record FactsAnswer(int Accepted, IReadOnlyList<LineProblem> Problems);

/// <summary>A rule that a line breaks.</summary>
/// <param name="Line">From 1, as in the body or file.</param>
public sealed record LineProblem(int Line, string Pointer, string Code, string Rule);
