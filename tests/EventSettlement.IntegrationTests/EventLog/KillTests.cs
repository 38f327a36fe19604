using System.Text.Json;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.KillTarget.Counters;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;

namespace EventSettlement.IntegrationTests.EventLog;

public sealed class KillOnPostgresTests : KillTests<OnPostgres>
{
    // Nothing is sent later than it is committed, so there is no moment K07 or K08.
    protected override string[] Points => ["K01", "K02", "K03", "K06", "K16", "K17", "K18"];

    /// <summary>No relay that could send twice.</summary>
    protected override bool SendsOnce => true;
}

public sealed class KillOnKafkaTests : KillTests<OnKafka>
{
    protected override string[] Points => ["K01", "K02", "K03", "K04", "K06", "K07", "K08", "K16", "K17", "K18"];

    /// <summary>The relay sends at least once: a topic may hold a message twice, as two records.</summary>
    protected override bool SendsOnce => false;
}

/// <summary>Real processes, real SIGKILL, a second owner alive all the time.</summary>
public abstract class KillTests<TLog>
    where TLog : ILogKind
{
    private const int Messages = 20_000;
    private const int Chunk = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private int _sent;

    protected abstract string[] Points { get; }

    protected abstract bool SendsOnce { get; }

    [Fact]
    public async Task Every_message_has_its_effects_exactly_once_wherever_the_process_is_killed()
    {
        await using var world = await KillWorld();
        var sender = await world.Start(relay: false);
        string[] arguments = [world.ConnectionString, TLog.Name, await TLog.Bootstrap() ?? "-", world.Topic];
        foreach (var point in Points)
        {
            await using var victim = await Killable.Start(arguments, point + ":2");
            await SendUntil(world, sender, async () => victim.HasExited || await Handled(world) > 0, point, Chunk);
            await using var other = await Killable.Start(arguments, null);
            await SendUntil(world, sender, () => Task.FromResult(victim.HasExited), point, _sent + Chunk);
            Assert.Equal(137, victim.ExitCode);
            await using var again = await Killable.Start(arguments, null);
            await Send(world, sender, _sent + (Messages / Points.Length));
            await AllHandled(world, point);
            await Task.WhenAll(other.Stop(), again.Stop());
        }

        Assert.True(_sent >= Messages, $"only {_sent} messages were sent");
    }

    [Fact]
    public async Task A_frozen_process_that_thaws_after_its_partitions_were_taken_doubles_nothing()
    {
        await using var world = await KillWorld();
        var sender = await world.Start(relay: false);
        string[] arguments = [world.ConnectionString, TLog.Name, await TLog.Bootstrap() ?? "-", world.Topic];
        await using var zombie = await Killable.Start(arguments, null);
        await using var heir = await Killable.Start(arguments, null);
        await Send(world, sender, 4_000);
        await zombie.Signal("STOP");
        await Send(world, sender, 8_000);
        await AllHandled(world, "the freeze");
        await zombie.Signal("CONT");
        await Send(world, sender, 12_000);
        await AllHandled(world, "the thaw");
    }

    [Fact]
    public async Task A_saga_killed_between_its_change_and_the_commit_counts_each_message_once()
    {
        await using var world = await KillWorld();
        await world.Execute(CounterMapper.Tables);
        var sender = await world.Start(relay: false);
        string[] arguments = [world.ConnectionString, TLog.Name, await TLog.Bootstrap() ?? "-", world.Topic];
        var ids = Enumerable.Range(0, 500).Select(_ => Guid.CreateVersion7()).ToArray();
        foreach (var nth in new[] { 1, 250, 2_000 })
        {
            await using var victim = await Killable.Start(arguments, $"K05:{nth}");
            await using var other = await Killable.Start(arguments, null);
            await Eventually.Holds(
                async () =>
                {
                    await Bump(world, sender, ids);
                    return victim.HasExited;
                },
                Patience,
                $"the process is killed at its change number {nth}"
            );
            Assert.Equal(137, victim.ExitCode);
            while (nth == 2_000 && _sent < Messages)
                await Bump(world, sender, ids);
            await AllCounted(world);
            await other.Stop();
        }

        Assert.True(_sent >= Messages, $"only {_sent} messages were sent");
    }

    private async Task Bump(MessagingWorld world, Member sender, Guid[] ids)
    {
        var headers = HeaderMap.Empty.With(Topology.MessageType, nameof(KillTarget.Counters.Bump));
        await world.Send(
            sender.Writer,
            [
                .. ids.Select(id => new OutgoingMessage(
                    world.Topic + "counters",
                    id.ToString("D"),
                    JsonSerializer.SerializeToUtf8Bytes(new Bump(id), JsonSerializerOptions.Web),
                    headers
                )),
            ]
        );
        _sent += ids.Length;
    }

    /// <summary>
    /// Each record of the log counts once, and each count is told: by the offsets, for the relay may send a message as
    /// two records.
    /// </summary>
    private async Task AllCounted(MessagingWorld world)
    {
        await Eventually.Holds(
            async () => await Counted() >= _sent && await Told() == await Counted(),
            Patience,
            "all messages are counted and told"
        );
        Assert.Equal(
            await Counted(),
            await world.Read<long>(
                $"SELECT sum(next_offset)::bigint FROM consumer_offset WHERE topic = '{world.Topic}counters'"
            )
        );
        Assert.Equal(await Counted(), await world.Read<long>("SELECT count(*) FROM counter_row"));
        if (SendsOnce)
            Assert.Equal(_sent, await Counted());

        Task<long> Counted() => world.Read<long>("SELECT coalesce(sum(count), 0)::bigint FROM counter");
        Task<long> Told() => world.Read<long>("SELECT count(DISTINCT id) FROM effect");
    }

    private static async Task<MessagingWorld> KillWorld()
    {
        var world = await MessagingWorld.Create<TLog>();
        await world.Execute(
            "DROP TABLE effect; CREATE TABLE effect (id text NOT NULL, stage text NOT NULL, source " + "text NOT NULL)"
        );
        return world;
    }

    private Task SendUntil(MessagingWorld world, Member sender, Func<Task<bool>> condition, string point, int least) =>
        Eventually.Holds(
            async () =>
            {
                if (await condition() && _sent >= least)
                    return true;
                await Send(world, sender, _sent + Chunk);
                return false;
            },
            Patience,
            $"the process is killed at {point}"
        );

    private async Task Send(MessagingWorld world, Member sender, int until)
    {
        for (; _sent < until; _sent += Chunk)
            await world.Send(
                sender.Writer,
                [
                    .. Enumerable
                        .Range(_sent, Chunk)
                        .Select(n => new OutgoingMessage(
                            world.Topic + "in",
                            $"{n}",
                            System.Text.Encoding.UTF8.GetBytes($"{n}"),
                            HeaderMap.Empty
                        )),
                ]
            );
    }

    private static Task<long> Handled(MessagingWorld world) => world.Read<long>("SELECT count(*) FROM effect");

    private async Task AllHandled(MessagingWorld world, string point)
    {
        var expected = (In: (long)_sent, Out: (long)_sent + (_sent / 20));
        await Eventually.Equals(
            expected,
            () => Distinct(world),
            $"after {point} the number of messages with effects",
            90
        );
        Assert.Equal(0L, await world.Read<long>("SELECT count(*) - count(DISTINCT source) FROM effect"));
        if (SendsOnce)
            Assert.Equal(expected.In + expected.Out, await Handled(world));
    }

    private static async Task<(long In, long Out)> Distinct(MessagingWorld world) =>
        (
            await world.Read<long>("SELECT count(DISTINCT id) FROM effect WHERE stage = 'in'"),
            await world.Read<long>("SELECT count(DISTINCT id) FROM effect WHERE stage = 'out'")
        );
}
