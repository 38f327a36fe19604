using EventSettlement.IntegrationTests.EventLog.World;

namespace EventSettlement.IntegrationTests.EventLog;

public sealed class OrderOnPostgresTests : OrderTests<OnPostgres>;

public sealed class OrderOnKafkaTests : OrderTests<OnKafka>;

public abstract class OrderTests<TLog>
    where TLog : ILogKind
{
    [Fact]
    public async Task Messages_of_a_key_are_handled_in_the_order_in_which_they_were_committed()
    {
        await using var world = await MessagingWorld.Create<TLog>();
        var order = new List<string>();
        var member = await world.Start(
            new EffectConsumer(
                "one",
                id =>
                {
                    lock (order)
                        order.Add(id);
                    return id;
                }
            )
        );
        for (var n = 0; n < 50; n++)
            await world.Send(
                member.Writer,
                [.. Enumerable.Range(0, 20).Select(key => world.Message($"key{key}", $"{key}:{n}"))]
            );

        await Eventually.Equals(1000, world.Effects, "the number of effects");

        Assert.All(
            order.GroupBy(id => id.Split(':')[0]),
            key => Assert.Equal(Enumerable.Range(0, 50), key.Select(id => int.Parse(id.Split(':')[1])).Distinct())
        );
        Assert.Equal(1000m, await world.Read<decimal>("SELECT sum(next_offset) FROM consumer_offset"));
    }

    [Fact]
    public async Task Nothing_of_a_long_backlog_is_skipped()
    {
        const int backlog = 12_000;
        await using var world = await MessagingWorld.Create<TLog>();
        var sender = await world.Start();
        await world.Send(sender.Writer, [.. Enumerable.Range(0, backlog).Select(n => world.Message($"{n}", $"{n}"))]);
        await Eventually.Equals(backlog, () => Appended(world, sender), "the number of records in the log");

        await world.Start(new EffectConsumer("late"));

        await Eventually.Equals(backlog, world.Effects, "the number of effects");
        Assert.Equal(backlog, await world.Read<long>("SELECT count(DISTINCT id) FROM effect"));
    }

    [Fact]
    public async Task Appenders_at_once_leave_no_gap_and_what_was_rolled_back_never_appears()
    {
        await using var world = await MessagingWorld.Create<TLog>();
        var member = await world.Start(new EffectConsumer("one"));
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(appender =>
                    Task.Run(async () =>
                    {
                        for (var n = 0; n < 40; n++)
                        {
                            await Append(
                                world,
                                member,
                                [
                                    .. Enumerable
                                        .Range(0, 5)
                                        .Select(m => world.Message($"{appender}.{n}.{m}", $"{appender}:{n}:{m}")),
                                ],
                                true
                            );
                            await Append(world, member, [world.Message($"{n}", "rolled back")], false);
                        }
                    })
                )
        );

        await Eventually.Equals(1600, world.Effects, "the number of effects");

        Assert.Equal(1600L, await world.Read<long>("SELECT count(DISTINCT id) FROM effect"));
        Assert.Equal(0L, await world.Read<long>("SELECT count(*) FROM effect WHERE id = 'rolled back'"));
    }

    private static async Task<long> Appended(MessagingWorld world, Member member)
    {
        long records = 0;
        for (var partition = 0; partition < MessagingWorld.Partitions; partition++)
            records += (await member.Log.ReadBounds(new(world.Topic, partition), CancellationToken.None)).End;
        return records;
    }

    private static async Task Append(
        MessagingWorld world,
        Member member,
        EventSettlement.Messaging.Outgoing.OutgoingMessage[] messages,
        bool commit
    )
    {
        if (commit)
        {
            await world.Send(member.Writer, messages);
            return;
        }

        await using var connection = await world.Sql.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await member.Writer.Write(connection, transaction, messages, CancellationToken.None);
        await transaction.RollbackAsync();
    }
}
