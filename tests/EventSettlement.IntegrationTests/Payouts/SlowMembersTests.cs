using System.Text.Json;
using EventSettlement.Contracts;

namespace EventSettlement.IntegrationTests.Payouts;

/// <summary>A member service that takes one item a call, and longer for a batch than a claim may grow old.</summary>
public sealed class SlowMembersTests : PayoutWorld
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    protected override TimeSpan ClaimDeadline => TimeSpan.FromSeconds(1);

    protected override int MaxItems => 1;

    [Fact]
    public async Task Cancels_that_are_looked_up_for_longer_than_a_claim_lives_come_to_their_end()
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 16; i++)
            ids.Add(await Plan(1));
        await Execute("UPDATE settlement_item SET state = 'FAILED', attempt = 1, sent_at = clock()");
        Stub.BeforeLookup = async _ =>
        {
            await Task.Delay(400);
            return false;
        };
        var sent = await Consume(
                1,
                [
                    .. ids.Select(id =>
                        Topology.Message(
                            id.ToString(),
                            new CancelItems(id, Guid.NewGuid(), "ann", "wrong study"),
                            "payouts.member"
                        )
                    ),
                ]
            )
            .WaitAsync(Patience);
        Assert.Equal(
            16,
            sent.Count(m => JsonSerializer.Deserialize(m.Body, ContractsJson.Default.CancelItemsAnswered)!.Cancelled)
        );
        Assert.Equal(16, Stub.Lookups.Count);
    }

    [Fact]
    public async Task Payments_that_outlast_their_claim_keep_what_is_whole_and_let_the_partition_be_handed_over()
    {
        var id = await Plan(16);
        Stub.Before = async (_, _) =>
        {
            await Task.Delay(400);
            return false;
        };
        var batch = Batch(1, Topology.Message(id.ToString(), new PayPart(id, 0, 1, false), "payouts.member"));
        await Assert.ThrowsAsync<TimeoutException>(() => Worker.Consume(batch, CancellationToken.None));
        Assert.Null(batch.Done);
        Stub.Before = (_, _) => Task.FromResult(false);
        await StopTests.Until(async () =>
        {
            try
            {
                return Answer(await Pay(id)).Counts.Paid == 16;
            }
            catch (TimeoutException)
            {
                return false;
            }
        });
        Assert.Equal(16, Stub.Calls.SelectMany(keys => keys).Distinct().Count());
        Assert.Equal(16, Stub.Calls.Count);
        Assert.Equal(16_000, await Balance(id, "clearing-member"));
    }
}

/// <summary>A member service that refuses whatever it is sent, and slowly.</summary>
public sealed class SlowRefusalTests : PayoutWorld
{
    protected override TimeSpan ClaimDeadline => TimeSpan.FromSeconds(6);

    [Fact]
    public async Task A_service_that_refuses_more_than_a_claim_has_time_to_try_is_stopped_with_an_alert()
    {
        var id = await Plan(200);
        Stub.Before = async (http, _) =>
        {
            await Task.Delay(150);
            http.Response.StatusCode = 400;
            return true;
        };
        var batch = Batch(1, Topology.Message(id.ToString(), new PayPart(id, 0, 1, false), "payouts.member"));
        var paying = Worker.Consume(batch, CancellationToken.None);
        await StopTests.Until(IsStopped);
        Assert.Equal("PENDING 200", await States(id));
        Assert.InRange(Stub.Calls.Count, 10, 100);
        Stub.Before = (_, _) => Task.FromResult(false);
        Assert.True(await Downstreams.Resume("member", "ann"));
        await Assert.ThrowsAsync<TimeoutException>(() => paying);
        Assert.Equal(200, Answer(await Pay(id)).Counts.Paid);
    }
}
