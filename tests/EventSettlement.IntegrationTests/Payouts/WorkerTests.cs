using System.Text.Json.Nodes;
using EventSettlement.Contracts;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Log;

namespace EventSettlement.IntegrationTests.Payouts;

public sealed class WorkerTests : PayoutWorld
{
    [Fact]
    public async Task All_credited_items_are_paid_and_posted_once()
    {
        var id = await Plan();
        var answer = Answer(await Pay(id));
        Assert.Equal(new PartCounts(0, 10, 0, 0, 0, 0, 0, 0, 10_000, 10_000), answer.Counts);
        Assert.Equal(1, answer.Revision);
        Assert.Equal("PAID 10", await States(id));
        Assert.Equal(0, await Balance(id, "payable"));
        Assert.Equal(10_000, await Balance(id, "clearing-member"));
    }

    [Fact]
    public async Task A_repeated_message_gets_the_stored_answer_and_calls_nobody()
    {
        var id = await Plan();
        Stub.Judge = member => member is "M-3" ? "FAILED" : "CREDITED";
        var first = Answer(await Pay(id));
        var again = Answer(await Pay(id));
        Assert.Equal(first, again);
        Assert.Single(Stub.Calls);
    }

    [Fact]
    public async Task Half_that_fail_are_paid_by_the_next_attempt_under_the_same_keys()
    {
        var id = await Plan();
        Stub.Judge = member => int.Parse(member[2..]) % 2 == 0 ? "FAILED" : "CREDITED";
        var first = Answer(await Pay(id));
        Assert.Equal((5, 5), (first.Counts.Paid, first.Counts.Failed));
        Stub.Judge = _ => "CREDITED";
        var second = Answer(await Pay(id, attempt: 2));
        Assert.Equal((10, 2), (second.Counts.Paid, second.Revision));
        Assert.Subset(Stub.Calls[0].ToHashSet(), Stub.Calls[1].ToHashSet());
        Assert.Equal(5, Stub.Calls[1].Length);
        Assert.Equal(10_000, await Balance(id, "clearing-member"));
    }

    [Fact]
    public async Task Rejected_items_are_sent_again_only_when_asked_for()
    {
        var id = await Plan(2);
        Stub.Judge = member => member is "M-1" ? "REJECTED" : "CREDITED";
        await Pay(id);
        await Pay(id, attempt: 2);
        Assert.Single(Stub.Calls);
        Stub.Judge = _ => "CREDITED";
        Assert.Equal(2, Answer(await Pay(id, attempt: 3, rejected: true)).Counts.Paid);
    }

    [Fact]
    public async Task No_answer_leaves_doubt_and_the_next_attempt_asks_before_it_sends()
    {
        var id = await Plan(4);
        Stub.Spoil = _ => null;
        Assert.Equal(4, Answer(await Pay(id)).Counts.InDoubt);
        Assert.Equal("IN_DOUBT 4", await States(id));
        Assert.Equal(0, await Balance(id, "clearing-member"));
        Stub.Spoil = results => results;
        Assert.Equal(4, Answer(await Pay(id, attempt: 2)).Counts.Paid);
        Assert.Single(Stub.Calls);
        Assert.Equal(4, Stub.Lookups.Single().Length);
        Assert.Equal(4_000, await Balance(id, "clearing-member"));
    }

    [Fact]
    public async Task A_service_that_never_answers_is_a_doubt_after_the_timeout()
    {
        var id = await Plan(2);
        Stub.Before = async (http, _) =>
        {
            await Task.Delay(-1, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };
        Assert.Equal(2, Answer(await Pay(id)).Counts.InDoubt);
        Assert.Equal("timeout", await Scalar<string>("SELECT error_code FROM settlement_item LIMIT 1"));
        Assert.Equal(2L, await Scalar<long>("SELECT count(*) FROM doubt"));
    }

    [Fact]
    public async Task Answers_are_matched_by_key_whatever_is_shuffled_missing_or_added()
    {
        var id = await Plan(6);
        Stub.Judge = member => member is "M-6" ? "FAILED" : "CREDITED";
        Stub.Spoil = results =>
        {
            var told = results.Select(r => r!.DeepClone()).Reverse().ToList();
            told.RemoveAt(5);
            told.Add(told[1].DeepClone());
            told.Add(
                new JsonObject
                {
                    ["key"] = $"{Guid.Empty}-1:1",
                    ["status"] = "CREDITED",
                    ["transactionId"] = "x",
                }
            );
            return new JsonArray([.. told]);
        };
        var counts = Answer(await Pay(id)).Counts;
        Assert.Equal((3, 1, 2), (counts.Paid, counts.Failed, counts.InDoubt));
        Assert.Equal("FAILED", await Scalar<string>("SELECT state FROM settlement_item WHERE member_id = 'M-6'"));
        Assert.Equal(
            "answer_missing",
            await Scalar<string>("SELECT error_code FROM settlement_item WHERE member_id = 'M-1'")
        );
        Assert.Equal(
            "answer_doubled",
            await Scalar<string>("SELECT error_code FROM settlement_item WHERE member_id = 'M-5'")
        );
    }

    [Fact]
    public async Task Another_amount_is_a_case_for_a_person_and_is_never_sent_again()
    {
        var id = await Plan(3);
        Stub.Spoil = results =>
        {
            results[1]!["amount"] = 999;
            return results;
        };
        var counts = Answer(await Pay(id)).Counts;
        Assert.Equal((2, 1), (counts.Paid, counts.NeedsPerson));
        Assert.Equal(1_000L, await Scalar<long>("SELECT amount::bigint FROM alert WHERE code = 'amount_mismatch'"));
        Stub.Spoil = results => results;
        Assert.Equal(1, Answer(await Pay(id, attempt: 2)).Counts.NeedsPerson);
        Assert.Single(Stub.Calls);
        Assert.Empty(Stub.Lookups);
    }

    [Fact]
    public async Task A_refused_connection_fails_the_attempt_without_doubt()
    {
        var id = await Plan(2);
        await Stub.DisposeAsync();
        Assert.Equal(2, Answer(await Pay(id)).Counts.Failed);
        Assert.Equal(0L, await Scalar<long>("SELECT count(*) FROM settlement_item WHERE doubt_at IS NOT NULL"));
    }

    [Fact]
    public async Task A_short_retry_after_is_waited_for_and_a_long_one_delays_the_next_attempt()
    {
        var id = await Plan(1);
        var refusals = 2;
        Stub.Before = Refuse(() => refusals-- > 0, "0");
        Assert.Equal(1, Answer(await Pay(id)).Counts.Paid);
        var other = await Plan(1);
        Stub.Before = Refuse(() => true, "120");
        var answer = Answer(await Pay(other));
        Assert.Equal(1, answer.Counts.Failed);
        Assert.InRange(
            answer.NotBefore!.Value - DateTimeOffset.UtcNow,
            TimeSpan.FromSeconds(100),
            TimeSpan.FromSeconds(121)
        );
    }

    [Fact]
    public async Task A_retry_after_at_the_end_of_time_delays_the_next_attempt_by_a_day()
    {
        var id = await Plan(1);
        Stub.Before = Refuse(() => true, "Fri, 31 Dec 9999 23:59:59 GMT");
        var answer = Answer(await Pay(id));
        Assert.InRange(answer.NotBefore!.Value - DateTimeOffset.UtcNow, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
    }

    [Fact]
    public async Task An_unreadable_message_is_parked_and_its_neighbours_are_paid()
    {
        var id = await Plan(1);
        var good = Topology.Message(id.ToString(), new PayPart(id, 0, 1, false), "payouts.member");
        var lost = Topology.Message(null, new PayPart(Guid.NewGuid(), 0, 1, false), "payouts.member");
        var batch = Batch(1, good with { Body = "{\"settlementId\":7}"u8.ToArray() }, good, lost);
        await Worker.Consume(batch, CancellationToken.None);
        Assert.Equal(["malformed", "unknown_part"], batch.Done!.Parked.Select(p => p.Code));
        Assert.Equal("PAID 1", await States(id));
    }

    [Fact]
    public async Task The_late_owner_of_an_old_epoch_records_nothing_and_the_new_one_asks_by_key()
    {
        var id = await Plan(3);
        var zombie = Batch(1, Topology.Message(id.ToString(), new PayPart(id, 0, 1, false), "payouts.member"));
        Stub.Before = async (_, _) =>
        {
            await OwnedTestBatch.Own(Database.Hot, 2);
            return false;
        };
        await Assert.ThrowsAsync<PartitionLostException>(() => Worker.Consume(zombie, CancellationToken.None));
        Assert.Equal("SENDING 3", await States(id));
        Assert.Equal(3, Answer(await Pay(id, epoch: 2)).Counts.Paid);
        Assert.Single(Stub.Calls);
        Assert.Equal(3_000, await Balance(id, "clearing-member"));
    }

    [Fact]
    public async Task A_record_that_failed_is_made_good_by_the_same_owner_without_a_second_call()
    {
        var id = await Plan(3);
        var batch = Batch(1, Topology.Message(id.ToString(), new PayPart(id, 0, 1, false), "payouts.member"));
        batch.FailsWith = new TimeoutException();
        await Assert.ThrowsAsync<TimeoutException>(() => Worker.Consume(batch, CancellationToken.None));
        Assert.Equal(3, Answer(await Pay(id)).Counts.Paid);
        Assert.Single(Stub.Calls);
        Assert.Equal(3_000, await Balance(id, "clearing-member"));
    }

    [Fact]
    public async Task A_part_whose_items_do_not_add_up_is_tried_again_instead_of_answered()
    {
        var id = await Plan(3);
        await Execute("DELETE FROM settlement_item WHERE no = 3");
        await Assert.ThrowsAsync<UnexpectedRowsException>(() => Pay(id));
        Assert.Equal(0, await Scalar<int>("SELECT answered_attempt FROM settlement_part"));
        Assert.Equal(0, await Balance(id, "clearing-member"));
    }

    private static Func<Microsoft.AspNetCore.Http.HttpContext, string[], Task<bool>> Refuse(
        Func<bool> when,
        string after
    ) =>
        (http, _) =>
        {
            if (!when())
                return Task.FromResult(false);
            http.Response.StatusCode = 503;
            http.Response.Headers.RetryAfter = after;
            return Task.FromResult(true);
        };
}
