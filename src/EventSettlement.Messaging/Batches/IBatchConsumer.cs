namespace EventSettlement.Messaging.Batches;

/// <summary>
/// Handles one partition's next records, and must end in exactly one <see cref="OwnedBatch.Complete"/>. A plain
/// consumer calls only that; one that must call the outside claims with <see cref="OwnedBatch.InTransaction"/> before,
/// and records in <see cref="OwnedBatch.Complete"/> after. The saga endpoint is a third one of these. A
/// <see cref="Npgsql.PostgresException"/> of class 22 or 23 makes the core run the batch again by halves until the
/// poison record stands alone and is parked; 40xxx, 08xxx and 57xxx make it run the whole batch again.
/// </summary>
public interface IBatchConsumer
{
    Task Consume(OwnedBatch batch, CancellationToken cancel);
}
