using EventSettlement.Contracts;
using EventSettlement.Ledger;
using EventSettlement.Messaging.Outgoing;
using Npgsql;

namespace EventSettlement.Runs.Planning;

/// <summary>Some studies on their way to being owed: one transaction, with all that follows from it.</summary>
internal sealed class PlanChunk(RunLease lease, IOutgoingWriter outgoing, Topology topology)
{
    private const string Downstream = "member";

    private const string ProgressSql = """
        INSERT INTO run_progress (run_id, lane, state, settlements, items, amount)
        VALUES ($1, 'planner', 'PLANNED', $2, $3, $4)
        ON CONFLICT (run_id, lane, state) DO UPDATE SET
            settlements = run_progress.settlements + excluded.settlements,
            items = run_progress.items + excluded.items, amount = run_progress.amount + excluded.amount
        """;

    /// <returns>False when the run is another planner's, or stopped; then nothing was written.</returns>
    public async Task<bool> Write(NpgsqlConnection connection, List<PlannedSettlement> chunk, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await lease.Hold(connection, chunk[^1].Study.StudyId, cancel) is not { } now)
            return false;
        var payableAt = lease.PayAt ?? now;
        var fresh = await Request(connection, transaction, chunk, payableAt, now, cancel);
        if (fresh is null)
            return false;
        if (fresh.Count < chunk.Count)
            await PlanConflicts.Raise(connection, transaction, lease.Run, chunk.Except(fresh).ToList(), cancel);
        var messages = fresh.ConvertAll(planned =>
            topology.Message(planned.Id.ToString("D"), Requested(planned, payableAt, now))
        );
        if (fresh.Count > 0)
        {
            await PlanRows.CopyItems(connection, fresh, now, cancel);
            await Follow(connection, transaction, fresh, messages, cancel);
        }

        await transaction.CommitAsync(cancel);
        outgoing.Wake(messages);
        return true;
    }

    /// <returns>The settlements that did not exist; null when a study was planned by somebody else meanwhile.</returns>
    private async Task<List<PlannedSettlement>?> Request(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        List<PlannedSettlement> chunk,
        DateTime payableAt,
        DateTime now,
        CancellationToken cancel
    )
    {
        var mark = PlanRows.Mark(chunk, lease.Run);
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands = { mark, PlanRows.Requests(chunk, lease.Run, Downstream, payableAt, now) },
        };
        var inserted = new HashSet<Guid>(chunk.Count);
        await using (var reader = await batch.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
                inserted.Add(reader.GetGuid(0));
        if (mark.RecordsAffected != chunk.Count)
            return null;
        return inserted.Count == chunk.Count ? chunk : chunk.FindAll(c => inserted.Contains(c.Id));
    }

    private async Task Follow(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        List<PlannedSettlement> fresh,
        List<OutgoingMessage> messages,
        CancellationToken cancel
    )
    {
        // A study without any deposit moves no money.
        var postings = fresh
            .Where(p => p.Total + p.Kept > 0)
            .Select(p => Posting.Creation(p.Id, Programmes.StudyRefund, p.Study.Currency, p.Total, p.Kept))
            .ToList();
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(PlanRows.Parts(fresh));
        if (postings.Count > 0)
            batch.BatchCommands.Add(Postings.Insert(postings));
        batch.BatchCommands.Add(
            new NpgsqlBatchCommand(ProgressSql)
            {
                Parameters =
                {
                    new() { Value = lease.Run },
                    new() { Value = (long)fresh.Count },
                    new() { Value = fresh.Sum(p => (long)p.Amounts.Length) },
                    new() { Value = fresh.Sum(p => p.Total) },
                },
            }
        );
        await outgoing.Queue(batch, messages, cancel);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private SettlementRequested Requested(PlannedSettlement planned, DateTime payableAt, DateTime now) =>
        new(
            planned.Id,
            Programmes.StudyRefund,
            planned.Study.StudyId,
            PlanRules.Period,
            lease.Run,
            Downstream,
            planned.Study.Currency,
            payableAt,
            now,
            planned.Parts
        );
}
