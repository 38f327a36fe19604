using EventSettlement.Contracts;
using static EventSettlement.Tests.Settlements.Messages;

namespace EventSettlement.Tests.Settlements;

public sealed class HappyPathTests
{
    [Fact]
    public async Task A_request_is_paid_part_by_part_and_completes()
    {
        await using var h = await SettlementHarness.Start();
        await h.Tell(Requested(h.Id));
        Assert.Equal("PROCESSING", h.State.State);
        Assert.Equal([new PayPart(h.Id, 0, 1, false), new PayPart(h.Id, 1, 1, false)], h.PayParts);

        await h.Tell(Answered(h.Id, 1, 1, 1, Counts(paid: 2)));
        Assert.Equal("PROCESSING", h.State.State);
        await h.Tell(Answered(h.Id, 0, 1, 1, Counts(paid: 2)));
        Assert.Equal("COMPLETED", h.State.State);
        Assert.Equal((4, 400L), (h.State.Paid, h.State.PaidAmount));
        Assert.Equal(["PENDING", "PROCESSING", "COMPLETED"], h.Events.Select(e => e.State));
        Assert.Equal([1, 2, 3], h.Events.Select(e => e.Seq));
    }

    [Fact]
    public async Task Nothing_to_pay_completes_without_asking_anybody()
    {
        await using var h = await SettlementHarness.Start();
        await h.Tell(Requested(h.Id, null, Counts(paid: 2)));
        Assert.Equal("COMPLETED", h.State.State);
        Assert.Empty(h.PayParts);
    }

    [Fact]
    public async Task A_part_with_nothing_to_pay_is_not_sent()
    {
        await using var h = await SettlementHarness.Start();
        await h.Tell(Requested(h.Id, null, Counts(paid: 2), Counts(pending: 1, paid: 1)));
        Assert.Equal([new PayPart(h.Id, 1, 1, false)], h.PayParts);
    }

    [Fact]
    public async Task Events_carry_their_CloudEvents_attributes()
    {
        await using var h = await SettlementHarness.Start();
        await h.Tell(Requested(h.Id));
        var headers = h.SentEvents[0].Context.Headers;
        Assert.Equal($"{h.Id:D}-1", headers.Get<string>("ce_id"));
        Assert.Equal("1.0", headers.Get<string>("ce_specversion"));
        Assert.Equal("settlement.requested", headers.Get<string>("ce_type"));
        Assert.False(string.IsNullOrEmpty(headers.Get<string>("ce_source")));
        Assert.EndsWith("Z", headers.Get<string>("ce_time"), StringComparison.Ordinal);
    }
}
