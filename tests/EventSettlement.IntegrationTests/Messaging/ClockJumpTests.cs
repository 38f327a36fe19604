using EventSettlement.IntegrationTests.Doubles;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Timers;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventSettlement.IntegrationTests.Messaging;

public sealed class ClockJumpTests : IAsyncLifetime
{
    private readonly CounterWorld _world = new();

    public Task InitializeAsync() => _world.InitializeAsync();

    public Task DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_desk_that_puts_its_time_on_is_no_jump_and_what_is_due_by_it_fires()
    {
        await using var wakeup = new Wakeup(_world.Hot);
        var alerts = new List<string>();
        var mover = new DueMover(
            _world.Hot,
            wakeup,
            new OutboxRows(),
            new MessagingOptions { OnAlert = (code, _, _, _) => alerts.Add(code) },
            NullLogger<DueMover>.Instance
        );
        await _world.Execute(
            """
            INSERT INTO scheduled_message (token, due_at, topic, body, headers)
            VALUES (gen_random_uuid(), clock() + interval '8 minutes', 't', '', '')
            """
        );
        Assert.Equal(0, await mover.MoveDue(default));

        await _world.Execute(
            """
            CREATE OR REPLACE FUNCTION clock_shift() RETURNS interval LANGUAGE sql STABLE AS
                $$SELECT interval '8 minutes'$$
            """
        );

        Assert.Equal(1, await mover.MoveDue(default));
        Assert.Empty(alerts);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Timer_does_not_fire_early_whichever_reading_of_the_clock_is_the_first_after_a_jump(int steady)
    {
        await _world.Execute(
            $"""
            INSERT INTO scheduled_message (token, due_at, topic, body, headers)
            VALUES (gen_random_uuid(), clock() + interval '10 minutes', 't', '', '');
            CREATE SEQUENCE readings;
            CREATE OR REPLACE FUNCTION clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS
                'SELECT clock_timestamp() + CASE WHEN nextval(''readings'') > {steady} THEN interval ''1 hour''
                    ELSE interval ''0'' END'
            """
        );
        using var told = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var alerts = new List<string>();
        await using var wakeup = new Wakeup(_world.Hot);
        var mover = new DueMover(
            _world.Hot,
            wakeup,
            new OutboxRows(),
            new MessagingOptions
            {
                OnAlert = (code, _, _, _) =>
                {
                    alerts.Add(code);
                    told.Cancel();
                },
            },
            NullLogger<DueMover>.Instance
        );

        await mover.Run(told.Token);

        Assert.Equal(["clock_jumped"], alerts);
        Assert.Equal(0, await mover.MoveDue(default));
        Assert.Equal(1, await _world.One<long>("SELECT count(*) FROM scheduled_message"));
        Assert.Equal(0, await _world.One<long>("SELECT count(*) FROM outbox"));
    }
}
