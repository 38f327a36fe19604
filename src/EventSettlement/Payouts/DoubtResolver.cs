using EventSettlement.Alerts;
using EventSettlement.Ledger;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Payouts.Calls;
using EventSettlement.Payouts.Rows;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Payouts;

/// <summary>
/// Asks one downstream for what became of items whose call was never answered, once their settlement has failed:
/// the next attempt would ask otherwise. A doubt ends with a credit, or with a "no" after the quiet period.
/// </summary>
internal sealed class DoubtResolver(
    Database database,
    Downstream downstream,
    Downstreams downstreams,
    PayoutLimits limits,
    Topology topology,
    IOutgoingWriter outgoing,
    ILogger<DoubtResolver> logger
) : BackgroundService
{
    private const int MaxItems = 2000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>One look at the agenda. Answers how many doubts were taken from it.</summary>
    public async Task<int> Step(CancellationToken cancel)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancel);
        var taken = await DoubtRows.Take(connection, downstream.Name, MaxItems, limits.DoubtDelays, cancel);
        await DoubtRows.DropOver(connection, taken, cancel);
        var asked = taken.Where(d => d is { Over: false, SettlementFailed: true }).ToArray();
        if (asked.Length == 0)
            return taken.Count;
        var round = new Round(downstream, BootClock.Now, limits.ClaimDeadline, limits.CancelQuietPeriod);
        await round.LookUp(Array.ConvertAll(asked, d => d.Item), cancel);
        if (round.Stop is { } stop)
            await downstreams.Stop(downstream.Name, stop, cancel);
        var told = asked.Where(d => d.Told).ToArray();
        if (told.Length > 0)
            await Record(connection, told, cancel);
        return taken.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var taken = 0;
            await ServerLoop.Try(async stop => taken = await Step(stop), Failed, stoppingToken);
            if (taken < MaxItems)
                await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Failed(Exception wrong) =>
        logger.LogWarning(wrong, "The doubts could not be looked at; the next try is in {Pause}", Pause);

    private async Task Record(NpgsqlConnection connection, Doubt[] told, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var parts = told.Select(d => (d.Item.SettlementId, d.Part)).Distinct().ToArray();
        var revisions = await CorrectionRows.Hold(connection, transaction, parts, cancel);
        var changed = await DoubtRows.Settle(connection, transaction, told, cancel);
        var settled = told.Where(d => changed.Contains((d.Item.SettlementId, d.Item.No))).ToArray();
        await DoubtRows.Drop(connection, transaction, changed, cancel);
        var alerts = settled
            .Where(d => d.Item.Outcome.NeedsPerson)
            .Select(d => PayoutAlerts.OtherAmount(d.Item.SettlementId, d.Part, 1, d.Item.Amount, d.Item.Currency))
            .ToArray();
        if (alerts.Length > 0)
        {
            await using var batch = new NpgsqlBatch(connection, transaction);
            batch.BatchCommands.Add(AlertRows.Upsert(alerts));
            await batch.ExecuteNonQueryAsync(cancel);
        }

        await Postings.Insert(
            connection,
            transaction,
            settled.Where(d => d.Becomes == ItemStates.Paid).Select(d => LatePayment(d.Item)).ToArray(),
            cancel
        );
        var corrections = await CorrectionRows.Corrections(
            connection,
            transaction,
            revisions,
            "doubt-resolved",
            "payouts",
            cancel
        );
        var traces = told.ToLookup(d => d.Item.SettlementId, d => d.Traceparent);
        var messages = corrections
            .Select(c =>
                topology.Message(
                    c.SettlementId.ToString("D"),
                    c,
                    traceparent: traces[c.SettlementId].FirstOrDefault(t => t is not null)
                )
            )
            .ToArray();
        await outgoing.Write(connection, transaction, messages, cancel);
        await transaction.CommitAsync(cancel);
        outgoing.Wake(messages);
    }

    private Posting LatePayment(PayoutItem item) =>
        PaymentPostings.LatePayment(
            item.SettlementId,
            item.No,
            new PaymentAccounts(item.Reason, downstream.Name, item.Currency),
            item.Amount
        );
}
