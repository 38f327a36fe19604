using EventSettlement.Contracts;
using static EventSettlement.Tests.Settlements.Messages;

namespace EventSettlement.Tests.Settlements;

public sealed class OrderAndRepeatTests
{
    [Fact]
    public async Task Started_twice_is_one_settlement()
    {
        await using var h = await SettlementHarness.Start();
        await h.Tell(Requested(h.Id), Requested(h.Id));
        Assert.Equal((1, 2), (h.State.Attempt, h.PayParts.Count));
        await h.Tell(
            Answered(h.Id, 0, 1, 1, Counts(paid: 2)),
            Answered(h.Id, 1, 1, 1, Counts(paid: 2)),
            Requested(h.Id)
        );
        Assert.Equal(("COMPLETED", 3), (h.State.State, h.Events.Count));
    }

    [Fact]
    public async Task Duplicate_answer_changes_nothing()
    {
        await using var h = await SettlementHarness.Start();
        var answer = Answered(h.Id, 0, 1, 1, Counts(paid: 2));
        await h.Tell(Requested(h.Id), answer, answer, answer);
        Assert.Equal(("PROCESSING", 2), (h.State.State, h.State.Paid));
    }

    [Fact]
    public async Task An_older_revision_never_replaces_a_newer_one_but_still_closes_its_part()
    {
        await using var h = await SettlementHarness.Start();
        await h.Tell(
            Requested(h.Id, null, Counts(pending: 2)),
            Corrected(h.Id, 0, 2, Counts(paid: 2)),
            Answered(h.Id, 0, 1, 1, Counts(paid: 1, doubt: 1))
        );
        Assert.Equal(("COMPLETED", 2), (h.State.State, h.State.Paid));
    }

    [Fact]
    public async Task An_answer_of_an_earlier_attempt_does_not_close_the_part()
    {
        await using var h = await SettlementHarness.Start(20, 60_000, 60_000);
        var first = Answered(h.Id, 0, 1, 1, Counts(failed: 2));
        await h.Tell(Requested(h.Id, null, Counts(pending: 2)), first);
        await SettlementHarness.Until(() => h.State.Attempt == 2, "no second attempt");
        await h.Tell(first);
        Assert.Equal(("PROCESSING", 2), (h.State.State, h.State.Attempt));
    }

    [Fact]
    public async Task After_the_end_nothing_moves()
    {
        await using var h = await SettlementHarness.Start();
        await h.Tell(Requested(h.Id, null, Counts(pending: 2)), Answered(h.Id, 0, 1, 1, Counts(paid: 2)));
        await h.Tell(
            Answered(h.Id, 0, 1, 1, Counts(paid: 2)),
            Corrected(h.Id, 0, 2, Counts(paid: 2)),
            new RetrySettlement(h.Id, Guid.NewGuid(), "kim"),
            new HoldSettlement(h.Id, Guid.NewGuid(), "kim"),
            new CancelItemsAnswered(h.Id, Guid.NewGuid(), true, null, null, null, []),
            Requested(h.Id)
        );
        Assert.Equal(("COMPLETED", 3, false), (h.State.State, h.Events.Count, h.State.Held));
    }

    [Fact]
    public async Task A_late_answer_completes_a_failed_settlement()
    {
        await using var h = await SettlementHarness.Start();
        await h.Tell(Requested(h.Id, null, Counts(pending: 2)), Answered(h.Id, 0, 1, 1, Counts(paid: 1, rejected: 1)));
        await h.Tell(Corrected(h.Id, 0, 2, Counts(paid: 1, writtenOff: 1)));
        Assert.Equal("COMPLETED", h.State.State);
    }

    [Fact]
    public async Task A_late_answer_decides_a_waiting_settlement_and_its_timer_is_stale()
    {
        await using var h = await SettlementHarness.Start();
        await h.Tell(Requested(h.Id, null, Counts(pending: 2)), Answered(h.Id, 0, 1, 1, Counts(paid: 1, doubt: 1)));
        var timer = h.State.TimerToken;
        Assert.Equal("AWAITING_RETRY", h.State.State);
        await h.Tell(Corrected(h.Id, 0, 2, Counts(paid: 2)));
        Assert.Equal(("COMPLETED", null), (h.State.State, h.State.NextRetryAt));
        await h.Elapse(timer);
        Assert.Equal(("COMPLETED", 1), (h.State.State, h.State.Attempt));
    }

    [Fact]
    public async Task A_late_rejection_fails_a_waiting_settlement()
    {
        await using var h = await SettlementHarness.Start();
        await h.Tell(
            Requested(h.Id, null, Counts(pending: 2)),
            Answered(h.Id, 0, 1, 1, Counts(paid: 1, doubt: 1)),
            Corrected(h.Id, 0, 2, Counts(paid: 1, rejected: 1))
        );
        Assert.Equal("FAILED", h.State.State);
    }

    [Fact]
    public async Task A_part_that_is_not_there_changes_nothing()
    {
        await using var h = await SettlementHarness.Start();
        await h.Tell(
            Requested(h.Id),
            Answered(h.Id, 9, 1, 1, Counts(paid: 2)),
            Answered(h.Id, 0, 1, 1, Counts(paid: 3))
        );
        Assert.Equal(("PROCESSING", 0), (h.State.State, h.State.Paid));
    }
}
