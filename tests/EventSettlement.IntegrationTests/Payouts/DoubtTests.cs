using System.Text.Json;
using System.Text.Json.Nodes;
using EventSettlement.Contracts;
using EventSettlement.Payouts.Rows;
using Microsoft.AspNetCore.Http;

namespace EventSettlement.IntegrationTests.Payouts;

public sealed class DoubtTests : PayoutWorld
{
    protected override TimeSpan QuietPeriod => TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task Items_that_were_credited_without_an_answer_heal_after_the_settlement_failed()
    {
        var id = await Plan(4);
        Stub.Spoil = _ => null;
        await Pay(id);
        await Resolver.Step(CancellationToken.None);
        Assert.Empty(Stub.Lookups);
        await Saga(id, "FAILED");
        await Resolve();
        Assert.Equal("PAID 4", await States(id));
        Assert.Equal(4_000, await Balance(id, "clearing-member"));
        var corrected = Assert.Single(Corrected());
        Assert.Equal((2, 4, 0), (corrected.Revision, corrected.Counts.Paid, corrected.Counts.InDoubt));
        Assert.Equal(
            4L,
            await Scalar<long>("SELECT count(DISTINCT reference) FROM posting WHERE kind = 'late-payment'")
        );
    }

    [Fact]
    public async Task What_heals_goes_on_in_the_trace_of_the_attempt_that_left_it_in_doubt()
    {
        const string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var id = await Plan(2);
        Stub.Spoil = _ => null;
        await Consume(
            1,
            Topology.Message(id.ToString(), new PayPart(id, 0, 1, false), "payouts.member", traceparent: trace)
        );
        await Saga(id, "FAILED");
        await Resolve();
        Assert.Equal(trace, Assert.Single(Outgoing.Written).Headers["traceparent"]);
    }

    [Fact]
    public async Task A_no_within_the_quiet_period_ends_nothing_and_one_after_it_ends_the_doubt()
    {
        var id = await Plan(2);
        Stub.Before = (http, _) =>
        {
            http.Abort();
            return Task.FromResult(true);
        };
        await Pay(id);
        await Saga(id, "FAILED");
        await Execute("UPDATE settlement_item SET doubt_at = clock() + interval '1 hour'");
        await StopTests.Until(async () => await Resolver.Step(CancellationToken.None) > 0);
        Assert.Equal("IN_DOUBT 2", await States(id));
        Assert.Empty(Corrected());
        await Execute("UPDATE settlement_item SET doubt_at = clock() - interval '1 second'");
        await Resolve();
        Assert.Equal("FAILED 2", await States(id));
        Assert.Equal(0L, await Scalar<long>("SELECT count(*) FROM settlement_item WHERE doubt_at IS NOT NULL"));
        Assert.Equal(2, Corrected().Single().Counts.Failed);
    }

    [Theory]
    [InlineData("state = 'SENDING', attempt = 2")]
    [InlineData("state = 'SENDING'")]
    [InlineData("attempt = 2")]
    [InlineData("needs_person = true")]
    [InlineData("doubt_at = doubt_at + interval '1 s'")]
    public async Task What_a_lookup_told_counts_only_where_nothing_came_between(string change)
    {
        var id = await Plan(1);
        Stub.Spoil = _ => null;
        await Pay(id);
        await Saga(id, "FAILED");
        Stub.BeforeLookup = async _ =>
        {
            await Execute($"UPDATE settlement_item SET {change}");
            return false;
        };
        await StopTests.Until(async () => await Resolver.Step(CancellationToken.None) > 0);
        Assert.DoesNotContain("PAID", await States(id), StringComparison.Ordinal);
        Assert.Equal(0, await Balance(id, "clearing-member"));
    }

    [Fact]
    public async Task A_persons_case_is_asked_for_by_no_machine()
    {
        var id = await Plan(1);
        Stub.Spoil = _ => null;
        await Pay(id);
        await Saga(id, "FAILED");
        await Execute("UPDATE settlement_item SET needs_person = true");
        await StopTests.Until(async () => await Resolver.Step(CancellationToken.None) > 0);
        Assert.Empty(Stub.Lookups);
        Assert.Equal("IN_DOUBT 1", await States(id));
    }

    [Theory]
    [InlineData("{\"status\":\"UNKNOWN\",\"amount\":0}")]
    [InlineData("{\"status\":\"REJECTED\",\"amount\":999}")]
    public async Task A_person_gets_a_case_whose_call_may_still_be_credited_with_its_doubt(string told)
    {
        var id = await Plan(1);
        Stub.Spoil = _ => null;
        await Pay(id);
        await Saga(id, "FAILED");
        await Execute("UPDATE settlement_item SET doubt_at = clock() + interval '1 hour'");
        Stub.BeforeLookup = async http =>
        {
            var entry = JsonNode.Parse(told)!;
            entry["key"] = SettlementId.ItemKey(id, 1);
            await http.Response.WriteAsync(new JsonObject { ["results"] = new JsonArray(entry) }.ToJsonString());
            return true;
        };
        await Resolve();
        Assert.Equal(1, Corrected().Single().Counts.NeedsPerson);
        Assert.Equal(1L, await Scalar<long>("SELECT count(*) FROM settlement_item WHERE doubt_at IS NOT NULL"));
        Assert.Equal("in_doubt", (await Resolution.WriteOff(id, 1, "gone", "ann")).Code);
        await Execute("UPDATE settlement_item SET doubt_at = clock() - interval '1 second'");
        await StopTests.Until(async () => (await Resolution.WriteOff(id, 1, "gone", "ann")).IsDone);
    }

    [Theory]
    [InlineData("REJECTED")]
    [InlineData("FAILED")]
    public async Task What_a_lost_owner_sent_is_asked_for_though_the_next_one_was_told_no(string told)
    {
        var id = await Plan(1);
        Stub.Judge = _ => told;
        var lost = Batch(1, Topology.Message(id.ToString(), new PayPart(id, 0, 1, false), "payouts.member"));
        lost.FailsWith = new TimeoutException();
        await Assert.ThrowsAsync<TimeoutException>(() => Worker.Consume(lost, CancellationToken.None));
        await OwnedTestBatch.Own(Database.Hot, 2);
        await Pay(id, epoch: 2);
        Assert.Equal($"{told} 1", await States(id));
        await Saga(id, "FAILED");
        Stub.Credited.Add(SettlementId.ItemKey(id, 1), "t-late");
        await Resolve();
        Assert.Equal("PAID 1", await States(id));
        Assert.Equal(1, Corrected().Single().Counts.Paid);
        Assert.Equal(1_000, await Balance(id, "clearing-member"));
    }

    [Fact]
    public async Task A_lookup_that_is_refused_for_its_key_stops_the_downstream_and_tells_a_person_once()
    {
        var id = await Plan(1);
        Stub.Spoil = _ => null;
        await Pay(id);
        await Saga(id, "FAILED");
        Stub.BeforeLookup = http =>
        {
            http.Response.StatusCode = 401;
            return Task.FromResult(true);
        };
        var asked = 0;
        await StopTests.Until(async () => (asked += await Resolver.Step(CancellationToken.None)) >= 2);
        Assert.True(await IsStopped());
        Assert.Equal(
            1L,
            await Scalar<long>(
                "SELECT sum(count)::bigint FROM alert WHERE cause = 'downstream member stopped' AND state = 'OPEN'"
            )
        );
        Assert.Equal("IN_DOUBT 1", await States(id));
        Stub.BeforeLookup = _ => Task.FromResult(false);
        await Resolve();
        Assert.Equal("PAID 1", await States(id));
    }

    [Fact]
    public async Task An_item_that_is_in_doubt_again_while_its_old_doubt_is_dropped_is_asked_for()
    {
        var id = await Plan(2);
        Stub.Spoil = _ => null;
        await Pay(id);
        await Execute("UPDATE settlement_item SET doubt_at = NULL, state = 'FAILED'");
        await using var connection = await Database.Hot.OpenConnectionAsync();
        var over = new List<Doubt>();
        await StopTests.Until(async () =>
        {
            over.AddRange(await DoubtRows.Take(connection, "member", 10, [TimeSpan.FromMinutes(1)], default));
            return over.Count == 2;
        });
        await Execute("UPDATE settlement_item SET state = 'PAID' WHERE no = 2");
        await Pay(id, attempt: 2);
        Assert.Equal("IN_DOUBT 1, PAID 1", await States(id));
        await DoubtRows.DropOver(connection, over, default);
        Assert.Equal(1, await Scalar<int>("SELECT sum(no)::int FROM doubt"));
        await Saga(id, "FAILED");
        await Resolve();
        Assert.Equal("PAID 2", await States(id));
    }

    [Fact]
    public async Task Write_off_waits_for_the_doubt_and_then_gives_the_amount_back()
    {
        var id = await Plan(2);
        Stub.Spoil = _ => null;
        await Pay(id);
        Assert.Equal("settlement_state", (await Resolution.WriteOff(id, 1, "gone", "ann")).Code);
        await Saga(id, "FAILED");
        var refused = await Resolution.WriteOff(id, 1, "gone", "ann");
        Assert.Equal("in_doubt", refused.Code);
        Assert.NotNull(refused.AskAgainAt);
        await Execute("UPDATE settlement_item SET doubt_at = NULL, state = 'FAILED' WHERE no = 1");
        Assert.True((await Resolution.WriteOff(id, 1, "gone", "ann")).IsDone);
        Assert.True((await Resolution.MarkPaid(id, 2, "t-77", "seen in their books", "ann")).IsDone);
        Assert.Equal("PAID 1, WRITTEN_OFF 1", await States(id));
        Assert.Equal(-1_500, await Balance(id, "deposits-held"));
        Assert.Equal(0, await Balance(id, "payable"));
        Assert.Equal("item_state", (await Resolution.MarkPaid(id, 2, "t-78", "seen in their books", "ann")).Code);
        Assert.Equal("not_found", (await Resolution.MarkPaid(id, 9, "t-78", "seen in their books", "ann")).Code);
        Assert.Equal(
            (3, 1, 1),
            (Corrected()[^1].Revision, Corrected()[^1].Counts.Paid, Corrected()[^1].Counts.WrittenOff)
        );
    }

    private Task Resolve() =>
        StopTests.Until(async () =>
        {
            await Resolver.Step(CancellationToken.None);
            return Outgoing.Written.Count > 0;
        });

    private List<PartCorrected> Corrected() =>
        Outgoing.Written.Select(m => JsonSerializer.Deserialize(m.Body, ContractsJson.Default.PartCorrected)!).ToList();
}
