using EventSettlement.Facts;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Log;

namespace EventSettlement.StudyRefunds.Facts;

/// <summary>
/// Takes facts in: each study once, whatever is sent twice; what cannot be taken is parked with the reason.
/// </summary>
public sealed class StudyIntake : IBatchConsumer
{
    public const string Group = "study-intake";

    public Task Consume(OwnedBatch batch, CancellationToken cancel) =>
        batch.Complete(transaction => Take(transaction, batch.Records, cancel), cancel);

    private static async Task Take(
        OwnedTransaction transaction,
        IReadOnlyList<LogRecord> records,
        CancellationToken cancel
    )
    {
        var arrived = await transaction.Decode<StudyFact>(records, Decode, cancel);

        // Sorted by study, so that two batches that hold the same two studies wait for each other and never in a
        // circle.
        var first = arrived
            .GroupBy(a => a.Fact.StudyId, StringComparer.Ordinal)
            .Select(g => g.First())
            .OrderBy(a => a.Fact.StudyId, StringComparer.Ordinal)
            .ToList();
        if (first.Count == 0)
            return;
        var inserted = await StudyRows.Insert(transaction, first, cancel);
        var taken = first.Where(a => inserted.Contains(a.Fact.StudyId)).ToDictionary(a => a.Fact.StudyId, a => a.Fact);
        var known = first.Select(a => a.Fact.StudyId).Where(id => !inserted.Contains(id)).ToArray();
        foreach (var fact in await StudyRows.Read(transaction, known, cancel))
            taken.Add(fact.StudyId, fact);
        foreach (var (record, fact) in arrived)
            if (!fact.Digest.AsSpan().SequenceEqual(taken[fact.StudyId].Digest))
                ParkConflict(transaction, record, taken[fact.StudyId], fact);
    }

    private static IReadOnlyList<FactProblem> Decode(byte[]? body, DateTime now, out StudyFact? fact)
    {
        var decoded = StudyFactDecoder.Decode(body, now);
        fact = decoded.Fact;
        return decoded.Problems;
    }

    private static void ParkConflict(OwnedTransaction transaction, LogRecord record, StudyFact taken, StudyFact arrived)
    {
        var pointers = StudyDifference.Between(taken, arrived);
        transaction.Park(
            record,
            FactCodes.Conflicting,
            pointers.Count > 0 ? pointers[0] : "",
            $"study {arrived.StudyId} was taken with other content: digest {Convert.ToHexStringLower(taken.Digest)}, "
                + $"this one {Convert.ToHexStringLower(arrived.Digest)}; "
                + $"they differ at {StudyDifference.Told(pointers)}"
        );
    }
}
