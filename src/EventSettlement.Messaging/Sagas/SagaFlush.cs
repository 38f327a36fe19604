using EventSettlement.Messaging.Batches;

namespace EventSettlement.Messaging.Sagas;

/// <summary>
/// What a batch has become, as set-based statements. Every saga counts as one row, or somebody else changed it.
/// </summary>
internal static class SagaFlush
{
    public static void Write<TSaga>(
        BatchSession session, TrackedSagas<TSaga> sagas, ISagaMapper<TSaga> mapper, IServiceProvider services,
        QueuedWrites writes) where TSaga : class
    {
        var (added, changed) = sagas.Take();
        if (added.Count > 0)
            writes.Execute(mapper.Insert(added), added.Count);
        if (changed.Count > 0)
            writes.Execute(mapper.Update(changed), changed.Count);
        foreach (var (table, rows) in session.RowsByTable())
            writes.Execute(table.Write(services, rows));
        WriteTimers(session, writes);
        writes.Send(session.Sent);
    }

    // Inserted before the cancelled ones are deleted: a timer may be set and taken back in one batch.
    private static void WriteTimers(BatchSession session, QueuedWrites writes)
    {
        if (session.Scheduled.Count > 0)
        {
            var timers = session.Scheduled.GroupBy(timer => timer.Token).Select(same => same.Last()).ToList();
            writes.Execute(ScheduledRows.Insert(timers), timers.Count);
        }

        if (session.Cancelled.Count > 0 && !Planted.Bug("cancelled-fires"))
            writes.Execute(ScheduledRows.Cancel(session.Cancelled));
    }
}
