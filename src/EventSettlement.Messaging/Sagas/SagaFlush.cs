using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Timers;

namespace EventSettlement.Messaging.Sagas;

/// <summary>
/// What a batch has become, as set-based statements. Every saga counts as one row, or somebody else changed it.
/// </summary>
internal static class SagaFlush
{
    /// <summary>
    /// What the records before <paramref name="handled"/> leave for good: sagas that no later record is for, and
    /// messages. Side rows wait for the end, for batches of other partitions may write the same ones.
    /// </summary>
    public static void WriteAhead<TSaga>(
        BatchSession session,
        TrackedSagas<TSaga> sagas,
        ISagaMapper<TSaga> mapper,
        int handled,
        QueuedWrites writes
    )
        where TSaga : class
    {
        Write(sagas.CollectChanges(handled), mapper, writes);
        writes.Send(session.CollectSent());
    }

    public static void Write<TSaga>(
        BatchSession session,
        TrackedSagas<TSaga> sagas,
        ISagaMapper<TSaga> mapper,
        IServiceProvider services,
        QueuedWrites writes
    )
        where TSaga : class
    {
        Write(sagas.CollectChanges(), mapper, writes);
        foreach (var (table, rows) in session.RowsByTable())
            writes.Execute(table.Write(services, rows));
        WriteTimers(session, writes);
        writes.Send(session.CollectSent());
    }

    private static void Write<TSaga>(
        (List<TSaga> Added, List<TSaga> Changed) sagas,
        ISagaMapper<TSaga> mapper,
        QueuedWrites writes
    )
        where TSaga : class
    {
        if (sagas.Added.Count > 0)
            writes.Execute(mapper.Insert(sagas.Added), sagas.Added.Count);
        if (sagas.Changed.Count > 0)
            writes.Execute(mapper.Update(sagas.Changed), sagas.Changed.Count);
        sagas.Added.ForEach(mapper.CountVersion);
        sagas.Changed.ForEach(mapper.CountVersion);
    }

    // Inserted before the cancelled ones are deleted: a timer may be set and taken back in one batch.
    private static void WriteTimers(BatchSession session, QueuedWrites writes)
    {
        if (session.Scheduled.Count > 0)
        {
            var timers = session.Scheduled.GroupBy(timer => timer.Token).Select(same => same.Last()).ToList();
            writes.Execute(ScheduledRows.Insert(timers), timers.Count);
            writes.SetsEarlyTimer |= timers.Exists(timer => timer.Delay < DueMover.Longest);
        }

        if (session.Cancelled.Count > 0)
            writes.Execute(ScheduledRows.Cancel(session.Cancelled));
    }
}
