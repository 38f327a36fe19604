using System.Text.Json;
using EventSettlement.Contracts;
using EventSettlement.Messaging;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Payouts.Calls;
using EventSettlement.Payouts.Rows;
using EventSettlement.Platform;
using EventSettlement.Programmes;

namespace EventSettlement.Payouts;

/// <summary>
/// Pays parts through one downstream: claims items, calls it, records what it told. A batch goes round until all
/// of its parts are answered; a round ends early when the downstream must be stopped or the claim has grown too old to
/// be sent.
/// </summary>
internal sealed class PayoutWorker(
    Downstream downstream,
    ProgrammeList programmes,
    Downstreams downstreams,
    PayoutLimits limits,
    Topology topology
) : IBatchConsumer
{
    public static string GroupOf(string downstream) => "payouts." + downstream;

    public async Task Consume(OwnedBatch batch, CancellationToken cancel)
    {
        var work = PayoutBatch.Read(batch.Records);
        while (true)
        {
            // Tables of answers are read anew each time, so a round may end anywhere.
            var parts = work.Parts();
            var claim = await batch.InTransaction(t => ClaimRows.Claim(t, parts, downstream.Name, cancel), cancel);
            var round = new Round(downstream, claim.At, limits.ClaimDeadline, limits.CancelQuietPeriod)
            {
                IsLeaving = () => batch.IsLeaving,
            };
            await round.Pay(claim.Items, cancel);
            var finished = !claim.Stopped && round.Stop is null && parts.All(p => p.Finished);
            var asking = Round.OfLookups(downstream, limits.CancelQuietPeriod);
            var cancels = finished ? await LookUpCancels(batch, work, asking, cancel) : [];
            if (finished && !cancels.Any(c => c.Unfinished))
            {
                await batch.Complete(t => Record(t, work, claim, cancels, cancel), cancel);
                CrashPoint.Hit(SettlementCrashPoints.PaymentsPosted);
                return;
            }

            await EndRound(batch, claim, round.Stop ?? asking.Stop, cancel);
            if (batch.IsLeaving)
                throw new TimeoutException("The partition is handed over; what was not sent is its next owner's");
            if (round.Late)
                throw new TimeoutException("The claim grew too old for some items; they are claimed anew");
        }
    }

    /// <summary>Keeps what is whole, puts the unsent back, and waits where the downstream is stopped.</summary>
    private async Task EndRound(OwnedBatch batch, Claim claim, CallOutcome? stop, CancellationToken cancel)
    {
        var whole = claim.Parts.Where(p => p.Open && p.Finished && !claim.Stopped).ToArray();
        // Of a part that is not whole the answered items stay SENDING and are looked up next time: a payment is posted
        // once for the part and attempt.
        var unsent = claim.Parts.Where(p => !p.Finished).SelectMany(p => p.Claimed).Where(i => i.Outcome.State is null);
        await batch.InTransaction(
            async t =>
            {
                await RecordRows.Record(t, downstream.Name, whole, claim.Now, topology, limits.DoubtDelays[0], cancel);
                await RecordRows.PutBack(t, unsent, cancel);
                return true;
            },
            cancel
        );
        if (stop is not null)
            await downstreams.Stop(downstream.Name, stop, cancel);
        if (claim.Stopped || stop is not null)
            await downstreams.WaitUntilRunning(downstream.Name, cancel);
    }

    private async Task<IReadOnlyList<Cancellation>> LookUpCancels(
        OwnedBatch batch,
        PayoutBatch work,
        Round round,
        CancellationToken cancel
    )
    {
        if (work.Cancels.Count == 0)
            return [];
        var cancels = await batch.InTransaction(t => CancelRows.Load(t, work.Cancels, limits, cancel), cancel);
        var open = cancels.Where(c => c.Open).ToList();
        while (open.Count > 0)
        {
            // Their items travel together, as those of payments do: one call a settlement would hold up the payments
            // behind them for as many calls. A key stands in a call once, so a second cancel of the same one waits.
            var together = open.DistinctBy(c => c.Asked.SettlementId).ToHashSet();
            await round.LookUp([.. together.SelectMany(c => c.EverSent)], cancel);
            open.RemoveAll(together.Contains);
        }

        return cancels;
    }

    private async Task Record(
        OwnedTransaction transaction,
        PayoutBatch work,
        Claim claim,
        IReadOnlyList<Cancellation> cancels,
        CancellationToken cancel
    )
    {
        var answers = await RecordRows.Record(
            transaction,
            downstream.Name,
            claim.Parts.Where(p => p.Open).ToArray(),
            claim.Now,
            topology,
            limits.DoubtDelays[0],
            cancel
        );
        foreach (var answer in answers)
            transaction.Send(answer);
        foreach (var part in claim.Parts.Where(p => p.StoredAnswer is not null))
            transaction.Send(
                topology.Message(
                    part.Asked.SettlementId.ToString("D"),
                    JsonSerializer.Deserialize(part.StoredAnswer!, ContractsJson.Default.PartAnswered)!,
                    traceparent: part.Traceparent
                )
            );
        foreach (var one in cancels)
            transaction.Send(await CancelRows.Finish(transaction, one, limits, programmes, topology, cancel));
        foreach (var (record, code, message) in work.Unreadable)
            transaction.Park(record, code, null, message);
        foreach (var part in claim.Parts.Where(p => !p.Known))
            transaction.Park(
                work.RecordOf(part),
                "unknown_part",
                null,
                $"No part {part.Asked.Part} of {part.Asked.SettlementId:D} was planned"
            );
    }
}
