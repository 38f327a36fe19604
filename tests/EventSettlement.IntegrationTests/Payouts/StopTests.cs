using EventSettlement.Contracts;

namespace EventSettlement.IntegrationTests.Payouts;

public sealed class StopTests : PayoutWorld
{
    [Fact]
    public async Task The_poison_item_alone_is_rejected()
    {
        var id = await Plan(20);
        Stub.Before = (http, keys) =>
        {
            if (!keys.Contains(SettlementId.ItemKey(id, 7)))
                return Task.FromResult(false);
            http.Response.StatusCode = 422;
            return Task.FromResult(true);
        };
        var counts = Answer(await Pay(id)).Counts;
        Assert.Equal((19, 1), (counts.Paid, counts.Rejected));
        Assert.Equal(
            "http_422",
            await Scalar<string>("SELECT error_code FROM settlement_item WHERE state = 'REJECTED'")
        );
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(302)]
    public async Task A_service_that_refuses_everything_is_stopped_and_paid_after_resume(int status)
    {
        var id = await Plan(4);
        var refusing = true;
        Stub.Before = (http, _) =>
        {
            if (refusing)
                http.Response.StatusCode = status;
            return Task.FromResult(refusing);
        };
        var batch = Batch(1, Topology.Message(id.ToString(), new PayPart(id, 0, 1, false), "payouts.member"));
        var paying = Worker.Consume(batch, CancellationToken.None);
        await Until(IsStopped);
        Assert.Equal("PENDING 4", await States(id));
        Assert.Equal(
            1L,
            await Scalar<long>("SELECT count FROM alert WHERE cause = 'downstream member stopped' AND state = 'OPEN'")
        );
        Assert.False(paying.IsCompleted);
        refusing = false;
        Assert.True(await Downstreams.Resume("member", "ann"));
        await paying;
        Assert.Equal("PAID 4", await States(id));
        Assert.Empty(Stub.Lookups);
        Assert.Equal("CLOSED", await Scalar<string>("SELECT state FROM alert"));
    }

    [Fact]
    public async Task While_stopped_nothing_is_claimed_and_the_owner_may_hand_over()
    {
        var id = await Plan(2);
        await Execute("INSERT INTO downstream (name, state, since) VALUES ('member', 'STOPPED', clock())");
        var batch = Batch(1, Topology.Message(id.ToString(), new PayPart(id, 0, 1, false), "payouts.member"));
        await Assert.ThrowsAsync<TimeoutException>(() => Worker.Consume(batch, CancellationToken.None));
        Assert.Equal("PENDING 2", await States(id));
        Assert.Null(batch.Done);
    }

    [Theory]
    [InlineData(false, "PENDING 3")]
    [InlineData(true, "SENDING 3")]
    public async Task A_stop_that_comes_while_items_are_claimed_answers_nothing(bool sentBefore, string left)
    {
        var id = await Plan(3);
        var batch = Batch(1, Topology.Message(id.ToString(), new PayPart(id, 0, 1, false), "payouts.member"));
        if (sentBefore)
        {
            batch.FailsWith = new InvalidOperationException();
            await Assert.ThrowsAsync<InvalidOperationException>(() => Worker.Consume(batch, CancellationToken.None));
            batch.FailsWith = null;
        }

        await using var connection = await Database.Reads.OpenConnectionAsync();
        await using var holding = await connection.BeginTransactionAsync();
        await using (var hold = new Npgsql.NpgsqlCommand("LOCK TABLE settlement_part", connection, holding))
            await hold.ExecuteNonQueryAsync();
        var paying = Worker.Consume(batch, CancellationToken.None);
        await Until(() =>
            Scalar<bool>(
                """
                SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'settlement_part'::regclass
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
                """
            )
        );
        await Execute("INSERT INTO downstream (name, state, since) VALUES ('member', 'STOPPED', clock())");
        await holding.CommitAsync();

        await Assert.ThrowsAsync<TimeoutException>(() => paying);
        Assert.Null(batch.Done);
        Assert.Equal(left, await States(id));
        Assert.Equal(0, await Scalar<int>("SELECT answered_attempt FROM settlement_part"));
        Assert.True(await Downstreams.Resume("member", "ann"));
        Assert.Equal(3, Answer(await Pay(id)).Counts.Paid);
        Assert.Single(Stub.Calls);
    }

    internal static async Task Until(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 1000; i++)
        {
            if (await condition())
                return;
            await Task.Delay(20);
        }

        Assert.Fail("it did not come to pass in 20 s");
    }
}
