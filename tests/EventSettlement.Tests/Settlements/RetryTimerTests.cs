using static EventSettlement.Tests.Settlements.Messages;

namespace EventSettlement.Tests.Settlements;

public sealed class RetryTimerTests
{
    [Fact]
    public async Task Failed_items_are_tried_again_after_each_delay_and_then_the_settlement_fails()
    {
        await using var h = await SettlementHarness.Start(50, 100, 150);
        await h.Tell(Requested(h.Id, null, Counts(pending: 2)));
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await h.Tell(Answered(h.Id, 0, attempt, attempt, Counts(paid: 1, failed: 1)));
            Assert.Equal(attempt + 1, h.State.Attempt + (h.State.State == "PROCESSING" ? 0 : 1));
            await h.UntilState("PROCESSING");
        }

        await h.Tell(Answered(h.Id, 0, 4, 4, Counts(paid: 1, failed: 1)));
        Assert.Equal(("FAILED", 4, 0), (h.State.State, h.State.Attempt, h.State.RetriesLeft));
        Assert.Equal([1, 2, 3, 4], h.PayParts.Select(p => p.Attempt));
        Assert.Equal(
            [
                "PENDING",
                "PROCESSING",
                "AWAITING_RETRY",
                "PROCESSING",
                "AWAITING_RETRY",
                "PROCESSING",
                "AWAITING_RETRY",
                "PROCESSING",
                "FAILED",
            ],
            h.Events.Select(e => e.State)
        );
    }

    [Fact]
    public async Task Only_parts_with_unpaid_items_are_sent_again()
    {
        await using var h = await SettlementHarness.Start(50, 60_000, 60_000);
        await h.Tell(
            Requested(h.Id),
            Answered(h.Id, 0, 1, 1, Counts(paid: 2)),
            Answered(h.Id, 1, 1, 1, Counts(paid: 1, doubt: 1))
        );
        await SettlementHarness.Until(() => h.PayParts.Count == 3, "the retry did not start");
        Assert.Equal((1, 2), (h.PayParts[2].Part, h.PayParts[2].Attempt));
    }

    [Fact]
    public async Task A_retry_waits_for_the_downstream_when_it_asked_for_more()
    {
        await using var h = await SettlementHarness.Start(1_000, 1_000, 1_000);
        var later = TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1);
        await h.Tell(Requested(h.Id, null, Counts(pending: 2)), Answered(h.Id, 0, 1, 1, Counts(failed: 2), later));
        Assert.Equal(later, h.State.NextRetryAt);
    }

    [Fact]
    public async Task Later_payment_waits_for_its_time()
    {
        await using var h = await SettlementHarness.Start();
        await h.Tell(Requested(h.Id, TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(2)));
        Assert.Equal("PENDING", h.State.State);
        Assert.Empty(h.PayParts);
        await h.UntilState("PROCESSING");
        Assert.Equal(1, h.State.Attempt);
    }

    [Fact]
    public async Task Only_rejected_items_left_fail_at_once()
    {
        await using var h = await SettlementHarness.Start();
        await h.Tell(Requested(h.Id, null, Counts(pending: 2)), Answered(h.Id, 0, 1, 1, Counts(paid: 1, rejected: 1)));
        Assert.Equal(("FAILED", 3), (h.State.State, h.State.RetriesLeft));
    }

    [Fact]
    public async Task An_item_that_needs_a_person_is_not_retried()
    {
        await using var h = await SettlementHarness.Start();
        await h.Tell(Requested(h.Id, null, Counts(pending: 2)), Answered(h.Id, 0, 1, 1, Counts(paid: 1, person: 1)));
        Assert.Equal("FAILED", h.State.State);
    }
}
