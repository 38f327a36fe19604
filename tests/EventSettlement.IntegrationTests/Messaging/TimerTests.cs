using EventSettlement.KillTarget.Counters;
using MassTransit;

namespace EventSettlement.IntegrationTests.Messaging;

public sealed class TimerTests : IAsyncLifetime
{
    private const string Token = "MT-Scheduling-TokenId";
    private readonly CounterWorld _world = new();
    private readonly Guid _id = Guid.NewGuid();

    public Task InitializeAsync() => _world.InitializeAsync();

    public Task DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Timer_is_a_row_with_the_sagas_token_due_by_the_databases_clock()
    {
        await SetTimer();

        Assert.Equal(1, await _world.One<long>("SELECT count(*) FROM scheduled_message JOIN counter ON timer = token"));
        Assert.InRange(
            await _world.One<double>("SELECT extract(epoch FROM due_at - clock())::float8 FROM scheduled_message"),
            119,
            120.1
        );
        Assert.Contains(
            $"{Token}\t{await _world.One<Guid>("SELECT token FROM scheduled_message")}\n",
            await _world.One<string>("SELECT headers FROM scheduled_message"),
            StringComparison.Ordinal
        );
        Assert.Equal("counters", await _world.One<string>("SELECT topic FROM scheduled_message"));
    }

    [Fact]
    public async Task Timer_counts_by_a_database_whose_clock_is_another_than_ours()
    {
        await _world.Execute(
            """
            CREATE OR REPLACE FUNCTION clock() RETURNS timestamptz LANGUAGE sql VOLATILE
            AS 'SELECT clock_timestamp() + interval ''3 days'''
            """
        );

        await SetTimer();

        Assert.InRange(
            await _world.One<double>("SELECT extract(epoch FROM due_at - clock())::float8 FROM scheduled_message"),
            119,
            120.1
        );
    }

    // P1
    [Fact]
    public async Task Timer_goes_to_the_lane_of_its_saga()
    {
        await SetTimer();

        Assert.Equal(_id.ToString(), await _world.One<string>("SELECT msg_key FROM scheduled_message"));
    }

    [Fact]
    public async Task Timer_that_is_no_longer_wanted_is_gone_with_the_commit()
    {
        await SetTimer();

        await _world.Handle(_world.Record(_id, new Bump(_id, "untimer")));

        Assert.Equal(0, await _world.One<long>("SELECT count(*) FROM scheduled_message"));
    }

    [Fact]
    public async Task Timer_may_be_set_and_taken_back_in_one_batch()
    {
        await _world.Handle(
            _world.Record(_id, new Bump(_id)),
            _world.Record(_id, new Bump(_id, "timer")),
            _world.Record(_id, new Bump(_id, "untimer"))
        );

        Assert.Equal(0, await _world.One<long>("SELECT count(*) FROM scheduled_message"));
    }

    [Fact]
    public async Task Timer_with_an_old_token_changes_nothing()
    {
        await SetTimer();

        await _world.Handle(_world.Record(_id, new CounterDue(_id), (Token, Guid.NewGuid().ToString())));

        Assert.Equal("Counting", await _world.One<string>("SELECT state FROM counter"));
    }

    // P2
    [Fact]
    public async Task Redelivered_timer_keeps_its_token_so_that_the_saga_still_wants_it()
    {
        await SetTimer();
        var token = await _world.One<Guid>("SELECT token FROM scheduled_message");
        await _world.Execute("DELETE FROM scheduled_message");
        var fired = _world.Record(_id, new CounterDue(_id), (Token, token.ToString()));

        await Redeliver(fired);

        Assert.Equal(token, await _world.One<Guid>("SELECT token FROM scheduled_message"));
        Assert.Equal("Counting", await _world.One<string>("SELECT state FROM counter"));
        var again = _world.Record(_id, new CounterDue(_id), (Token, token.ToString()), ("MT-Redelivery-Count", "1"));
        await Redeliver(again);
        Assert.Equal("Elapsed", await _world.One<string>("SELECT state FROM counter"));
    }

    // P1
    [Fact]
    public async Task Redelivery_stays_in_its_lane_and_waits_by_the_databases_clock()
    {
        await _world.Execute(
            """
            CREATE OR REPLACE FUNCTION clock() RETURNS timestamptz LANGUAGE sql VOLATILE
            AS 'SELECT clock_timestamp() - interval ''3 days'''
            """
        );

        await Redeliver(_world.Record(_id, new Bump(_id, "once")));

        Assert.Equal(_id.ToString(), await _world.One<string>("SELECT msg_key FROM scheduled_message"));
        Assert.InRange(
            await _world.One<double>("SELECT extract(epoch FROM due_at - clock())::float8 FROM scheduled_message"),
            290,
            300.01
        );
        Assert.Equal(0, await _world.One<long>("SELECT count(*) FROM outbox"));
    }

    private async Task SetTimer() =>
        await _world.Handle(_world.Record(_id, new Bump(_id)), _world.Record(_id, new Bump(_id, "timer")));

    private Task Redeliver(params EventSettlement.Messaging.Log.LogRecord[] records) =>
        _world.Handle(e => e.UseScheduledRedelivery(r => r.Interval(3, TimeSpan.FromMinutes(5))), records);
}
