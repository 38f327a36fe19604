using EventSettlement.IntegrationTests.EventLog.World;

namespace EventSettlement.IntegrationTests.EventLog;

public sealed class TimersOnPostgresTests : TimerTests<OnPostgres>;

public sealed class TimersOnKafkaTests : TimerTests<OnKafka>;

public abstract class TimerTests<TLog>
    where TLog : ILogKind
{
    [Fact]
    public async Task Timers_fire_once_and_not_before_their_time_and_cancelled_ones_never()
    {
        await using var world = await MessagingWorld.Create<TLog>();
        var consumer = new EffectConsumer("one");
        await world.Start(consumer);
        await world.Start(consumer);
        await world.Execute(
            $"""
            INSERT INTO scheduled_message (token, due_at, topic, msg_key, body, headers)
            SELECT gen_random_uuid(), clock() + n * interval '10 ms' + interval '1 s', '{world.Topic}', 'k' || n,
                convert_to(n::text, 'UTF8'), '' FROM generate_series(1, 100) n;
            CREATE TABLE due AS SELECT convert_from(body, 'UTF8') AS id, due_at FROM scheduled_message;
            DELETE FROM scheduled_message WHERE convert_from(body, 'UTF8')::int % 10 = 0;
            """
        );

        await Eventually.Equals(90, world.Effects, "the number of effects");
        await Eventually.Equals(
            0L,
            () => world.Read<long>("SELECT count(*) FROM scheduled_message"),
            "the number of timers"
        );

        Assert.Equal(90L, await world.Read<long>("SELECT count(DISTINCT id) FROM effect"));
        Assert.Equal(0L, await world.Read<long>("SELECT count(*) FROM effect JOIN due USING (id) WHERE at < due_at"));
        Assert.Equal(0L, await world.Read<long>("SELECT count(*) FROM effect WHERE id::int % 10 = 0"));
    }
}
