using EventSettlement.Contracts;
using static EventSettlement.Tests.Settlements.Messages;

namespace EventSettlement.Tests.Settlements;

public sealed class CommandTests
{
    [Fact]
    public async Task Retry_of_a_failed_settlement_starts_a_new_cycle_with_the_unpaid_parts()
    {
        await using var h = await Failed(Counts(paid: 1, failed: 1), 10, 10, 10);
        await h.Tell(new RetrySettlement(h.Id, Guid.NewGuid(), "kim"));
        Assert.Equal(("PROCESSING", 5, 3), (h.State.State, h.State.Attempt, h.State.RetriesLeft));
        Assert.Equal(new PayPart(h.Id, 0, 5, false), h.PayParts[^1]);
    }

    [Fact]
    public async Task A_repeated_retry_command_starts_nothing()
    {
        await using var h = await Failed(Counts(paid: 1, rejected: 1));
        var retry = new RetrySettlement(h.Id, Guid.NewGuid(), "kim", IncludeRejected: true);
        await h.Tell(retry, Answered(h.Id, 0, 2, 2, Counts(paid: 1, rejected: 1)), retry);
        Assert.Equal(("FAILED", 2), (h.State.State, h.State.Attempt));
        Assert.Equal(new PayPart(h.Id, 0, 2, true), h.PayParts[^1]);
    }

    [Fact]
    public async Task Rejected_items_are_tried_again_only_when_asked()
    {
        await using var h = await Failed(Counts(paid: 1, rejected: 1));
        await h.Tell(new RetrySettlement(h.Id, Guid.NewGuid(), "kim"));
        Assert.Equal(("FAILED", 1), (h.State.State, h.State.Attempt));
    }

    [Fact]
    public async Task An_automatic_retry_does_not_take_rejected_items_again()
    {
        await using var h = await Failed(Counts(failed: 1, rejected: 1), 10, 10, 10);
        await h.Tell(
            new RetrySettlement(h.Id, Guid.NewGuid(), "kim", true),
            Answered(h.Id, 0, 5, 5, Counts(failed: 1, rejected: 1))
        );
        await SettlementHarness.Until(() => h.PayParts[^1].Attempt == 6, "no automatic retry");
        Assert.Equal(new PayPart(h.Id, 0, 6, false), h.PayParts[^1]);
    }

    [Fact]
    public async Task A_held_settlement_keeps_a_timer_that_came_until_it_is_released()
    {
        await using var h = await SettlementHarness.Start(100, 100, 100);
        await h.Tell(
            Requested(h.Id, null, Counts(pending: 2)),
            new HoldSettlement(h.Id, Guid.NewGuid(), "kim"),
            Answered(h.Id, 0, 1, 1, Counts(failed: 2))
        );
        await SettlementHarness.Until(() => h.State.Due, "the timer did not come");
        Assert.Equal(("AWAITING_RETRY", 1), (h.State.State, h.State.Attempt));
        await h.Tell(new RetrySettlement(h.Id, Guid.NewGuid(), "kim"));
        Assert.Equal(1, h.State.Attempt);
        await h.Tell(new ReleaseSettlement(h.Id, Guid.NewGuid(), "kim"));
        await SettlementHarness.Until(() => h.State.Attempt == 2, "release did not start the attempt");
        Assert.Equal((2, false), (h.State.RetriesLeft, h.State.Due));
    }

    [Fact]
    public async Task What_is_planned_held_is_paid_when_it_is_released_and_not_before()
    {
        await using var h = await SettlementHarness.Start();
        await h.Tell(Requested(h.Id) with { HoldReason = "too much" });
        Assert.Equal(("PENDING", 0, true), (h.State.State, h.State.Attempt, h.State.Held));
        Assert.Empty(h.PayParts);
        await h.Tell(new ReleaseSettlement(h.Id, Guid.NewGuid(), "kim"));
        await h.UntilState("PROCESSING");
        await SettlementHarness.Until(() => h.PayParts.Count == 2, "its parts were not sent");
    }

    [Fact]
    public async Task A_release_before_the_timer_lets_it_stand()
    {
        await using var h = await SettlementHarness.Start();
        await h.Tell(
            Requested(h.Id, null, Counts(pending: 2)),
            Answered(h.Id, 0, 1, 1, Counts(failed: 2)),
            new HoldSettlement(h.Id, Guid.NewGuid(), "kim"),
            new ReleaseSettlement(h.Id, Guid.NewGuid(), "kim")
        );
        Assert.Equal(("AWAITING_RETRY", 1), (h.State.State, h.State.Attempt));
        await h.Elapse(h.State.TimerToken);
        Assert.Equal(2, h.State.Attempt);
    }

    [Fact]
    public async Task Retry_while_processing_is_refused()
    {
        await using var h = await SettlementHarness.Start();
        await h.Tell(
            Requested(h.Id),
            new RetrySettlement(h.Id, Guid.NewGuid(), "kim"),
            new CancelSettlement(h.Id, Guid.NewGuid(), "kim", "no")
        );
        Assert.Equal(("PROCESSING", 1, false), (h.State.State, h.State.Attempt, h.State.Cancelling));
        Assert.Equal(2, h.State.AnsweredCommands.Length);
    }

    [Fact]
    public async Task Two_at_once_a_retry_and_a_cancel_only_the_first_counts()
    {
        await using var h = await Failed(Counts(rejected: 2));
        await h.Tell(
            new CancelSettlement(h.Id, Guid.NewGuid(), "kim", "no"),
            new RetrySettlement(h.Id, Guid.NewGuid(), "lee", true)
        );
        Assert.Equal(("FAILED", 1, true), (h.State.State, h.State.Attempt, h.State.Cancelling));

        await using var other = await Failed(Counts(rejected: 2));
        await other.Tell(
            new RetrySettlement(other.Id, Guid.NewGuid(), "lee", true),
            new CancelSettlement(other.Id, Guid.NewGuid(), "kim", "no")
        );
        Assert.Equal(("PROCESSING", 2, false), (other.State.State, other.State.Attempt, other.State.Cancelling));
        Assert.Empty(other.Cancels);
    }

    internal static async Task<SettlementHarness> Failed(PartCounts counts, params int[] delays)
    {
        var h = await SettlementHarness.Start(delays);
        await h.Tell(Requested(h.Id, null, Counts(pending: 2)));
        for (var attempt = 1; h.State.State != "FAILED"; attempt++)
        {
            await SettlementHarness.Until(() => h.State.Attempt == attempt, $"no attempt {attempt}");
            await h.Tell(Answered(h.Id, 0, attempt, attempt, counts));
        }

        return h;
    }
}
