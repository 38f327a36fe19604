using EventSettlement.Contracts;
using static EventSettlement.Tests.Settlements.Messages;

namespace EventSettlement.Tests.Settlements;

public sealed class CancelTests
{
    [Fact]
    public async Task A_cancellation_asks_payouts_once_and_ends_in_CANCELLED()
    {
        await using var h = await CommandTests.Failed(Counts(rejected: 2));
        var cancel = new CancelSettlement(h.Id, Guid.NewGuid(), "kim", "withdrawn");
        await h.Tell(cancel, cancel);
        Assert.Equal([new CancelItems(h.Id, cancel.CommandId, "kim", "withdrawn")], h.Cancels);
        var answer = Cancelled(cancel, new PartRevision(0, 2, Counts(cancelled: 2)));
        await h.Tell(answer, answer, cancel);
        Assert.Equal(("CANCELLED", false), (h.State.State, h.State.Cancelling));
        Assert.Equal([cancel.CommandId], h.State.AnsweredCommands);
        Assert.Single(h.Cancels);
    }

    [Fact]
    public async Task A_pending_settlement_is_cancelled_and_its_timer_is_stale()
    {
        await using var h = await SettlementHarness.Start();
        await h.Tell(
            Requested(h.Id, TimeProvider.System.GetUtcNow() + TimeSpan.FromMilliseconds(200), Counts(pending: 2))
        );
        var cancel = new CancelSettlement(h.Id, Guid.NewGuid(), "kim", "withdrawn");
        await h.Tell(cancel, Cancelled(cancel, new PartRevision(0, 1, Counts(cancelled: 2))));
        await SettlementHarness.Until(() => h.TimersFired == 1, "the timer did not come");
        Assert.Equal(("CANCELLED", 0), (h.State.State, h.State.Attempt));
        Assert.Empty(h.PayParts);
    }

    [Fact]
    public async Task A_refused_cancellation_goes_on_with_the_timer_that_came_meanwhile()
    {
        await using var h = await SettlementHarness.Start(100, 60_000, 60_000);
        var cancel = new CancelSettlement(h.Id, Guid.NewGuid(), "kim", "withdrawn");
        await h.Tell(Requested(h.Id, null, Counts(pending: 2)), Answered(h.Id, 0, 1, 1, Counts(doubt: 2)), cancel);
        await SettlementHarness.Until(() => h.State.Due, "the timer did not come");
        Assert.Equal(1, h.State.Attempt);
        await h.Tell(new CancelItemsAnswered(h.Id, cancel.CommandId, false, "in_doubt", "may be credited", Past, []));
        await SettlementHarness.Until(() => h.State.Attempt == 2, "the attempt did not start");
        Assert.False(h.State.Cancelling);
    }

    [Fact]
    public async Task An_answer_to_another_cancellation_is_ignored()
    {
        await using var h = await CommandTests.Failed(Counts(rejected: 2));
        await h.Tell(
            new CancelSettlement(h.Id, Guid.NewGuid(), "kim", "withdrawn"),
            new CancelItemsAnswered(h.Id, Guid.NewGuid(), true, null, null, null, [])
        );
        Assert.Equal(("FAILED", true), (h.State.State, h.State.Cancelling));
    }

    [Fact]
    public async Task Completed_by_a_late_answer_while_cancelling_takes_the_refusal()
    {
        await using var h = await CommandTests.Failed(Counts(paid: 1, rejected: 1));
        var cancel = new CancelSettlement(h.Id, Guid.NewGuid(), "kim", "withdrawn");
        await h.Tell(
            cancel,
            Corrected(h.Id, 0, 2, Counts(paid: 2)),
            new CancelItemsAnswered(h.Id, cancel.CommandId, false, "already_paid", "paid", null, [])
        );
        Assert.Equal(("COMPLETED", false), (h.State.State, h.State.Cancelling));
        Assert.Contains(cancel.CommandId, h.State.AnsweredCommands);
    }

    private static CancelItemsAnswered Cancelled(CancelSettlement cancel, params PartRevision[] parts) =>
        new(cancel.SettlementId, cancel.CommandId, true, null, null, null, parts);
}
