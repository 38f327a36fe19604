using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Bulk;
using EventSettlement.Messaging.Log;

namespace EventSettlement.Facts;

/// <summary>Bytes to a fact, or to the rules that they break.</summary>
/// <param name="now">UTC.</param>
/// <param name="fact">Null: at least one problem is answered.</param>
public delegate IReadOnlyList<FactProblem> FactDecoder<TFact>(byte[]? body, DateTime now, out TFact? fact)
    where TFact : class;

/// <summary>What every intake does with the records of its topic.</summary>
public static class FactRecords
{
    /// <summary>UTC by the database's clock.</summary>
    public static async Task<DateTime> ReadClock(this OwnedTransaction transaction, CancellationToken cancel)
    {
        await using var command = transaction.Command("SELECT clock()");
        return (DateTime)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Those that are facts, in their order; the others are parked.</summary>
    public static async Task<List<(LogRecord Record, TFact Fact)>> Decode<TFact>(
        this OwnedTransaction transaction,
        IReadOnlyList<LogRecord> records,
        FactDecoder<TFact> decode,
        CancellationToken cancel
    )
        where TFact : class
    {
        var now = await transaction.ReadClock(cancel);
        var facts = new List<(LogRecord, TFact)>(records.Count);
        foreach (var record in records)
        {
            var problems = decode(record.Body, FactBody.Now(record.AppendedAt, now), out var fact);
            if (fact is not null)
                facts.Add((record, fact));
            else
                transaction.Park(record, problems);
        }

        return facts;
    }

    /// <summary>Keeps a record that is no fact, byte for byte, under the first rule that it breaks.</summary>
    public static void Park(this OwnedTransaction transaction, LogRecord record, IReadOnlyList<FactProblem> problems)
    {
        var all = Told(problems);
        transaction.Park(record, problems[0].Code, problems[0].Pointer, all);
    }

    /// <summary>The same in a bulk transaction.</summary>
    public static void Park(this BulkTransaction transaction, LogRecord record, IReadOnlyList<FactProblem> problems) =>
        transaction.Park(record, problems[0].Code, problems[0].Pointer, Told(problems));

    private static string Told(IReadOnlyList<FactProblem> problems) =>
        string.Join("; ", problems.Select(p => p.Pointer.Length == 0 ? p.Rule : $"{p.Pointer}: {p.Rule}"));
}
