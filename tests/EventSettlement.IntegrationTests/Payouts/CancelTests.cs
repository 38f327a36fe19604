using System.Text.Json;
using EventSettlement.Contracts;

namespace EventSettlement.IntegrationTests.Payouts;

public sealed class CancelTests : PayoutWorld
{
    [Fact]
    public async Task Cancel_of_untried_items_reverses_the_creation_exactly()
    {
        var id = await Plan(501);
        var answer = await Cancel(id, Guid.NewGuid());
        Assert.True(answer.Cancelled);
        Assert.Equal([(0, 1, 500), (1, 1, 1)], answer.Parts.Select(p => (p.Part, p.Revision, p.Counts.Cancelled)));
        Assert.Equal("CANCELLED 501", await States(id));
        foreach (var account in (string[])["deposits-held", "payable", "forfeited-income"])
            Assert.Equal(0, await Balance(id, account));
        Assert.Empty(Stub.Lookups);
    }

    [Fact]
    public async Task A_repeated_cancel_gets_its_stored_answer()
    {
        var id = await Plan(2);
        var command = Guid.NewGuid();
        var first = await Cancel(id, command);
        var again = await Cancel(id, command);
        Assert.True(again.Cancelled);
        Assert.Equal(first.Parts, again.Parts);
        Assert.Equal(2L, await Scalar<long>("SELECT count(DISTINCT transaction_id) FROM posting"));
    }

    [Fact]
    public async Task Failed_items_are_looked_up_before_they_are_cancelled()
    {
        var id = await Plan(3);
        Stub.Judge = _ => "FAILED";
        await Pay(id);
        Assert.True((await Cancel(id, Guid.NewGuid())).Cancelled);
        Assert.Equal(3, Stub.Lookups.Single().Length);
    }

    [Fact]
    public async Task A_paid_item_refuses_the_cancel_and_nothing_changes()
    {
        var id = await Plan(3);
        Stub.Judge = member => member is "M-1" ? "CREDITED" : "FAILED";
        await Pay(id);
        var answer = await Cancel(id, Guid.NewGuid());
        Assert.Equal((false, "already_paid"), (answer.Cancelled, answer.Code));
        Assert.Equal("FAILED 2, PAID 1", await States(id));
    }

    [Fact]
    public async Task A_doubt_refuses_the_cancel_and_says_when_to_ask_again()
    {
        var id = await Plan(3);
        Stub.Spoil = _ => null;
        await Pay(id);
        var answer = await Cancel(id, Guid.NewGuid());
        Assert.Equal("in_doubt", answer.Code);
        Assert.InRange(
            answer.AskAgainAt!.Value - DateTimeOffset.UtcNow,
            TimeSpan.FromMinutes(9),
            TimeSpan.FromMinutes(11)
        );
    }

    [Theory]
    [InlineData("state = 'FAILED', doubt_at = clock()", "in_doubt")]
    [InlineData("state = 'REJECTED', doubt_at = clock()", "in_doubt")]
    [InlineData("state = 'SENDING'", "being_paid")]
    [InlineData("state = 'WRITTEN_OFF'", "written_off")]
    [InlineData("state = 'PAID', transaction_id = 'tx-1', paid_at = clock()", "already_paid")]
    public async Task One_item_that_may_be_paid_or_has_ended_refuses_the_cancel(string item, string code)
    {
        var id = await Plan(3);
        await Execute($"UPDATE settlement_item SET {item} WHERE no = 2");
        var before = await States(id);
        var answer = await Cancel(id, Guid.NewGuid());
        Assert.Equal((false, code), (answer.Cancelled, answer.Code));
        Assert.Equal(before, await States(id));
        Assert.Equal(1L, await Scalar<long>("SELECT count(DISTINCT transaction_id) FROM posting"));
    }

    [Fact]
    public async Task What_changed_while_the_member_service_was_asked_refuses_the_cancel()
    {
        var id = await Plan(2);
        Stub.Judge = _ => "FAILED";
        await Pay(id);
        Stub.BeforeLookup = async _ =>
        {
            await Execute("UPDATE settlement_item SET state = 'SENDING' WHERE no = 1");
            return false;
        };
        Assert.Equal("being_paid", (await Cancel(id, Guid.NewGuid())).Code);
        Assert.Equal("FAILED 1, SENDING 1", await States(id));
    }

    [Fact]
    public async Task A_credit_that_nobody_knew_of_refuses_the_cancel_and_is_taken_up_later()
    {
        var id = await Plan(1);
        Stub.Judge = _ => "FAILED";
        await Pay(id);
        Stub.Credited.Add(SettlementId.ItemKey(id, 1), "t-late");
        Assert.Equal("already_paid", (await Cancel(id, Guid.NewGuid())).Code);
        Assert.Equal(1, Answer(await Pay(id, attempt: 2)).Counts.Paid);
    }

    [Fact]
    public async Task Cancels_of_one_batch_are_looked_up_together()
    {
        Stub.Judge = _ => "FAILED";
        var ids = new[] { await Plan(1), await Plan(2), await Plan(3) };
        foreach (var id in ids)
            await Pay(id);
        Stub.Credited.Add(SettlementId.ItemKey(ids[1], 2), "t-late");
        var answers = await CancelAll(ids);
        Assert.Equal(["done", "already_paid", "done"], answers.Select(a => a.Code ?? "done"));
        Assert.Equal(6, Stub.Lookups.Single().Length);
    }

    [Fact]
    public async Task Two_cancels_of_one_settlement_in_one_batch_cancel_it_once()
    {
        Stub.Judge = _ => "FAILED";
        var id = await Plan(2);
        await Pay(id);
        var answers = await CancelAll(id, id);
        Assert.Equal(["done", "already_cancelled"], answers.Select(a => a.Code ?? "done"));
        Assert.Equal(0, await Balance(id, "deposits-held"));
    }

    private async Task<CancelItemsAnswered[]> CancelAll(params Guid[] ids)
    {
        var asked = Array.ConvertAll(
            ids,
            id =>
                Topology.Message(
                    id.ToString(),
                    new CancelItems(id, Guid.NewGuid(), "ann", "wrong study"),
                    "payouts.member"
                )
        );
        var sent = await Consume(1, asked);
        return sent.Select(m => JsonSerializer.Deserialize(m.Body, ContractsJson.Default.CancelItemsAnswered)!)
            .ToArray();
    }

    private async Task<CancelItemsAnswered> Cancel(Guid id, Guid command)
    {
        var sent = await Consume(
            1,
            Topology.Message(id.ToString(), new CancelItems(id, command, "ann", "wrong study"), "payouts.member")
        );
        return JsonSerializer.Deserialize(sent.Single().Body, ContractsJson.Default.CancelItemsAnswered)!;
    }
}
