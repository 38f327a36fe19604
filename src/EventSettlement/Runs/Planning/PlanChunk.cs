using EventSettlement.Contracts;
using EventSettlement.Ledger;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Programmes;
using Npgsql;

namespace EventSettlement.Runs.Planning;

/// <summary>Some subjects on their way to being owed: one transaction, with all that follows from it.</summary>
internal sealed class PlanChunk(
    RunLease lease,
    IProgramme programme,
    string downstream,
    IOutgoingWriter outgoing,
    Topology topology
)
{
    private const string ProgressSql = """
        INSERT INTO run_progress (run_id, lane, state, settlements, items, amount)
        VALUES ($1, 'planner', 'PLANNED', $2, $3, $4)
        ON CONFLICT (run_id, lane, state) DO UPDATE SET
            settlements = run_progress.settlements + excluded.settlements,
            items = run_progress.items + excluded.items, amount = run_progress.amount + excluded.amount
        """;

    private const string LetThroughSql =
        "SELECT coalesce(sum(amount), 0) FROM settlement_request WHERE run_id = $1 AND hold_reason IS NULL";

    private readonly LookalikeIds _lookalikes = new();

    /// <summary>What of the run is paid without a person; summed once, since nobody else plans it meanwhile.</summary>
    private decimal? _letThrough;

    /// <returns>False when the run is another planner's, or stopped; then nothing was written.</returns>
    public async Task<bool> Write(NpgsqlConnection connection, IReadOnlyList<Owed> owed, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await lease.Renew(connection, cancel) is not { } now)
            return false;
        Owed[] tooLarge = [.. owed.Where(PlanRules.IsTooLarge)];
        if (tooLarge.Length > 0)
        {
            await PlanAlerts.RaiseTooLarge(connection, transaction, lease, tooLarge.Select(o => o.Subject), cancel);
            owed = [.. owed.Except(tooLarge)];
        }

        List<OutgoingMessage> messages = [];
        if (owed.Count > 0 && !await Plan((connection, transaction), owed, now, messages, cancel))
            return false;
        await transaction.CommitAsync(cancel);
        outgoing.Wake(messages);
        return true;
    }

    /// <returns>False when a fact was planned by somebody else meanwhile.</returns>
    private async Task<bool> Plan(
        (NpgsqlConnection Connection, NpgsqlTransaction Transaction) to,
        IReadOnlyList<Owed> owed,
        DateTime now,
        List<OutgoingMessage> messages,
        CancellationToken cancel
    )
    {
        var chunk = owed.Select(o => PlanRules.Plan(lease.Programme, o)).ToList();
        if (lease.Ceilings is { MaxRun: not null } or { MaxItem: not null })
        {
            _letThrough ??= await SumLetThrough(to.Connection, cancel);
            chunk = lease.Ceilings.Apply(chunk, _letThrough.Value);
        }

        var alike = await _lookalikes.Find(to.Connection, to.Transaction, owed, cancel);
        if (alike > 0)
            await PlanAlerts.RaiseLookalikes(to.Connection, to.Transaction, lease, _lookalikes.Shown, alike, cancel);
        var payableAt = lease.PayAt ?? now;
        if (await Request(to, owed, chunk, payableAt, now, cancel) is not { } fresh)
            return false;
        if (fresh.Count < chunk.Count)
            await PlanAlerts.RaiseDifferent(to.Connection, to.Transaction, lease, [.. chunk.Except(fresh)], cancel);
        messages.AddRange(
            fresh.Select(planned => topology.Message(planned.Id.ToString("D"), Requested(planned, payableAt, now)))
        );
        if (fresh.Count == 0)
            return true;
        // A chunk that does not come to its commit is its planner's last one.
        _letThrough += fresh.Where(p => p.HoldReason is null).Sum(p => (decimal)p.Total);
        if (fresh.FindAll(p => p.HoldReason is not null) is { Count: > 0 } held)
            await PlanAlerts.RaiseAboveCeiling(to.Connection, to.Transaction, lease, held, cancel);
        await PlanRows.CopyItems(to.Connection, fresh, now, cancel);
        await Follow(to, fresh, messages, cancel);
        return true;
    }

    /// <returns>The settlements that did not exist; null when a fact was planned by somebody else meanwhile.</returns>
    private async Task<List<PlannedSettlement>?> Request(
        (NpgsqlConnection Connection, NpgsqlTransaction Transaction) to,
        IReadOnlyList<Owed> owed,
        List<PlannedSettlement> chunk,
        DateTime payableAt,
        DateTime now,
        CancellationToken cancel
    )
    {
        var marks = programme.Mark(owed, lease.Run);
        await using var batch = new NpgsqlBatch(to.Connection, to.Transaction);
        foreach (var mark in marks)
            batch.BatchCommands.Add(mark.Statement);
        batch.BatchCommands.Add(PlanRows.Requests(chunk, lease, downstream, payableAt, now));
        var inserted = new HashSet<Guid>(chunk.Count);
        await using (var reader = await batch.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
                inserted.Add(reader.GetGuid(0));
        if (marks.Any(mark => mark.Statement.RecordsAffected != mark.Rows))
            return null;
        return inserted.Count == chunk.Count ? chunk : chunk.FindAll(c => inserted.Contains(c.Id));
    }

    private async Task Follow(
        (NpgsqlConnection Connection, NpgsqlTransaction Transaction) to,
        List<PlannedSettlement> fresh,
        List<OutgoingMessage> messages,
        CancellationToken cancel
    )
    {
        var postings = fresh.Select(p => p.Creation).OfType<Posting>().ToList();
        await using var batch = new NpgsqlBatch(to.Connection, to.Transaction);
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
                    new() { Value = fresh.Sum(p => (long)p.Owed.Amounts.Length) },
                    new() { Value = fresh.Sum(p => (decimal)p.Total) },
                },
            }
        );
        await outgoing.Queue(batch, messages, cancel);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private async Task<decimal> SumLetThrough(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var sum = new NpgsqlCommand(LetThroughSql, connection)
        {
            Parameters = { new() { Value = lease.Run } },
        };
        return (decimal)(await sum.ExecuteScalarAsync(cancel))!;
    }

    private SettlementRequested Requested(PlannedSettlement planned, DateTime payableAt, DateTime now) =>
        new(
            planned.Id,
            lease.Programme,
            planned.Owed.Subject,
            planned.Owed.Period,
            lease.Run,
            downstream,
            planned.Owed.Currency,
            payableAt,
            now,
            planned.Parts,
            planned.HoldReason
        );
}
