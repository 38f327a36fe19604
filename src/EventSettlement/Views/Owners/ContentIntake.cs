using EventSettlement.Facts;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Log;
using EventSettlement.Platform;

namespace EventSettlement.Views.Owners;

/// <summary>Takes owners of contents in, each moment's once; another owner of the same moment is parked.</summary>
public sealed class ContentIntake : IBatchConsumer
{
    public const string Group = "content-intake";

    private const string InsertOwners = """
        INSERT INTO content_owner (content_id, from_at, creator_id) SELECT * FROM unnest($1, $2, $3)
        ON CONFLICT (content_id, from_at) DO NOTHING
        """;

    private const string ReadOwners = """
        SELECT f.place, o.creator_id FROM unnest($1, $2) WITH ORDINALITY AS f (content_id, from_at, place)
        JOIN content_owner o ON o.content_id = f.content_id AND o.from_at = f.from_at
        """;

    public Task Consume(OwnedBatch batch, CancellationToken cancel) =>
        batch.Complete(transaction => Take(transaction, batch.Records, cancel), cancel);

    private static async Task Take(
        OwnedTransaction transaction,
        IReadOnlyList<LogRecord> records,
        CancellationToken cancel
    )
    {
        var arrived = await transaction.Decode<ContentFact>(records, ContentFactDecoder.Decode, cancel);
        if (arrived.Count == 0)
            return;
        // Sorted, so that two batches that hold the same two contents wait for each other and never in a circle.
        var first = arrived
            .Select(one => one.Fact)
            .DistinctBy(fact => (fact.ContentId, fact.From))
            .OrderBy(fact => fact.ContentId, StringComparer.Ordinal)
            .ThenBy(fact => fact.From)
            .ToList();
        await Insert(transaction, first, cancel);
        var owners = await Read(transaction, arrived.ConvertAll(one => one.Fact), cancel);
        foreach (var ((record, fact), owner) in arrived.Zip(owners))
            if (fact.CreatorId != owner)
                transaction.Park(
                    record,
                    FactCodes.Conflicting,
                    "/creatorId",
                    $"content {fact.ContentId} has another creator from that moment on: a later moment changes it"
                );
    }

    private static async Task Insert(OwnedTransaction transaction, List<ContentFact> facts, CancellationToken cancel)
    {
        await using var insert = transaction.Command(InsertOwners);
        insert.Parameters.Add(RowArrays.Texts([.. facts.Select(f => f.ContentId)]));
        insert.Parameters.Add(RowArrays.Times([.. facts.Select(f => new DateTimeOffset(f.From))]));
        insert.Parameters.Add(RowArrays.Texts([.. facts.Select(f => f.CreatorId)]));
        await insert.ExecuteNonQueryAsync(cancel);
    }

    /// <returns>By the place of the fact, the creator that is known; null = nobody.</returns>
    private static async Task<string?[]> Read(
        OwnedTransaction transaction,
        List<ContentFact> facts,
        CancellationToken cancel
    )
    {
        await using var read = transaction.Command(ReadOwners);
        read.Parameters.Add(RowArrays.Texts([.. facts.Select(f => f.ContentId)]));
        read.Parameters.Add(RowArrays.Times([.. facts.Select(f => new DateTimeOffset(f.From))]));
        var owners = new string?[facts.Count];
        await using var row = await read.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            owners[row.GetInt64(0) - 1] = row.IsDBNull(1) ? null : row.GetString(1);
        return owners;
    }
}
