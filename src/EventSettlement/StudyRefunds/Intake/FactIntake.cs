using System.Diagnostics;
using EventSettlement.Contracts;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Platform;
using EventSettlement.StudyRefunds.Facts;

namespace EventSettlement.StudyRefunds.Intake;

/// <summary>Facts over HTTP: all lines are good and appended in one transaction, or nothing is taken.</summary>
public sealed class FactIntake(Database database, IOutgoingWriter outgoing)
{
    /// <summary>Every wrong line is told with its first problem; of all that is wrong besides, so many.</summary>
    private const int MaxFurtherProblems = 100;

    /// <summary>Topics that outsiders may append to.</summary>
    public static bool Takes(string topic) => topic == Topics.StudyCompleted;

    /// <param name="keyPointer">JSON pointer to the record's key; null = the study id.</param>
    public async Task<FactsAnswer> Append(
        string topic,
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
            var decoded = StudyFactDecoder.Decode(json, now);
            var key = decoded.Fact?.StudyId;
            if (decoded.Fact is not null && (keyPointer is null || FactKey.TryFind(json, keyPointer, out key)))
                messages.Add(Message(topic, json, key));
            else if (decoded.Fact is not null)
                problems.Add(new LineProblem(line, keyPointer!, FactCodes.BadText, FactKey.Rule));
            else
            {
                var told = decoded.Problems.Take(1 + MaxFurtherProblems - further).ToList();
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
