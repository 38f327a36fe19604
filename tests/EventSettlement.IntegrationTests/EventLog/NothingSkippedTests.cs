using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Log;
using Npgsql;

namespace EventSettlement.IntegrationTests.EventLog;

public sealed class NothingSkippedOnPostgresTests : NothingSkippedTests<OnPostgres>;

public sealed class NothingSkippedOnKafkaTests : NothingSkippedTests<OnKafka>;

public abstract class NothingSkippedTests<TLog>
    where TLog : ILogKind
{
    [Theory]
    [InlineData("log_id = 'another log'", "counts in log another log")]
    [InlineData("last_crc = last_crc + 1", "another record")]
    [InlineData("last_time = last_time - interval '1 s'", "another record")]
    [InlineData("next_offset = next_offset + 1000", "before offset")]
    public async Task An_offset_that_the_log_does_not_bear_out_stops_the_partition_until_it_is_accepted(
        string change,
        string reason
    )
    {
        await using var world = await MessagingWorld.Create<TLog>();
        await using (var before = await world.Start(new EffectConsumer("one")))
        {
            await world.Send(before.Writer, world.Message("k", "a"));
            await Eventually.Equals(1, world.Effects, "the number of effects");
        }

        await world.Execute($"UPDATE consumer_offset SET {change} WHERE next_offset > 0");
        var member = await world.Start(new EffectConsumer("one"));
        await world.Send(member.Writer, world.Message("k", "b"));
        await Eventually.Holds(
            () => Task.FromResult(world.Alerts.Any(alert => alert.Code == "partition_stopped")),
            TimeSpan.FromSeconds(30),
            "somebody was told"
        );
        Assert.Contains(
            reason,
            await world.Read<string>("SELECT stopped FROM consumer_offset WHERE stopped IS NOT NULL"),
            StringComparison.Ordinal
        );
        Assert.Equal(1, await world.Effects());

        var partition = await world.Read<int>("SELECT partition FROM consumer_offset WHERE stopped IS NOT NULL");
        var from = await member.Accept(new TopicPartition(world.Topic, partition));
        await world.Send(member.Writer, world.Message("k", "c"));

        // Another log is read from its beginning; consumers know again what they knew.
        Assert.InRange(from, reason.Contains("another log", StringComparison.Ordinal) ? 0 : 1, 2);
        await Eventually.Equals(
            from switch
            {
                0 => "a,a,b,c",
                1 => "a,b,c",
                _ => "a,c",
            },
            () => world.Read<string>("SELECT string_agg(id, ',' ORDER BY id) FROM effect"),
            "the effects"
        );
    }

    [Fact]
    public async Task A_process_that_stood_still_while_it_took_a_partition_judges_by_what_the_log_holds_then()
    {
        await using var world = await MessagingWorld.Create<TLog>();
        await using (var before = await world.Start(new EffectConsumer("one")))
        {
            await world.Send(before.Writer, world.Message("k", "a"));
            await Eventually.Equals(1, world.Effects, "the number of effects");
        }

        var member = await world.Start();
        var taken = new TopicPartition(
            world.Topic,
            await world.Read<int>("SELECT partition FROM consumer_offset WHERE next_offset > 0")
        );
        await using var others = await world.Sql.OpenConnectionAsync();
        await using var handling = await others.BeginTransactionAsync();
        await using (var locked = new NpgsqlCommand("SELECT 1 FROM consumer_offset FOR UPDATE", others, handling))
            await locked.ExecuteNonQueryAsync();
        var taking = member.Pump(world.Topic, new EffectConsumer("slow")).Take(taken, CancellationToken.None);
        await Eventually.Equals(
            true,
            () =>
                world.Read<bool>(
                    "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() "
                        + "AND wait_event_type = 'Lock' AND query LIKE '%INTO consumer_offset%')"
                ),
            "that it waits for the row"
        );

        await world.Send(member.Writer, world.Message("k", "b"));
        await Eventually.Equals(
            2L,
            async () => (await member.Log.ReadBounds(taken, CancellationToken.None)).End,
            "the end of the log"
        );
        await using (
            var handled = new NpgsqlCommand(
                "UPDATE consumer_offset SET next_offset = 2, last_crc = NULL WHERE next_offset > 0",
                others,
                handling
            )
        )
            await handled.ExecuteNonQueryAsync();
        await handling.CommitAsync();

        Assert.Equal(2, await taking);
        Assert.Empty(world.Alerts);
    }
}
