using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Bulk;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Log.Postgres;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Timers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventSettlement.Messaging.Hosting;

/// <summary>Prepares the log and runs the groups, the relay and the due mover of this process until it stops.</summary>
public sealed class MessagingHost(
    IServiceProvider services,
    MessagingOptions options,
    IEventLog log,
    NpgsqlDataSource database,
    ILogger<MessagingHost> logger
) : IHostedLifecycleService
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetainEvery = TimeSpan.FromMinutes(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PartitionPump> _pumps = [];
    private Task _running = Task.CompletedTask;

    /// <summary>The groups that this process serves.</summary>
    public IReadOnlyList<PartitionPump> Pumps => _pumps;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        MessagingMeter.Begin();
        await StartChecks.RefuseUnpinnedPlanner(database, cancellationToken);
        var bindings = services.GetServices<ConsumerBinding>().ToArray();
        var bulks = services.GetServices<BulkBinding>().ToArray();
        (string Group, string Topic)[] readers =
        [
            .. bindings.Select(binding => (binding.Group, binding.Topic)),
            .. bulks.Select(bulk => (bulk.Group, bulk.Topic)),
        ];
        await ActivatorUtilities
            .CreateInstance<PartitionCounts>(services, (IReadOnlyList<(string Group, string Topic)>)readers)
            .Apply(cancellationToken);
        var frozen = ActivatorUtilities.CreateInstance<FrozenTransactions>(services);
        var work = new List<Task> { KeepRunning("the end of frozen transactions", frozen.Run) };
        foreach (var group in bindings.GroupBy(binding => binding.Group))
            if (options.Groups is null || options.Groups.Contains(group.Key))
                work.Add(Serve(PumpOf(group)));
        foreach (var bulk in bulks)
            if (options.Groups is null || options.Groups.Contains(bulk.Group))
                work.Add(ServeBulk(bulk));
        if (options.Relay)
        {
            work.Add(KeepRunning("the due mover", services.GetRequiredService<DueMover>().Run));
            if (services.GetService<OutboxRelay>() is { } relay)
                work.Add(KeepRunning("the relay", relay.Run));
            if (log is PostgresEventLog own)
                work.Add(KeepRunning("retention", cancel => Retain(own, cancel)));
        }

        _running = Task.WhenAll(work);
    }

    /// <summary>Drains: batches in flight commit, leases are given back.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelSafelyAsync();
        await _running.WaitAsync(cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => StoppingAsync(cancellationToken);

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private PartitionPump PumpOf(IGrouping<string, ConsumerBinding> group)
    {
        var consumers = group.ToDictionary(binding => binding.Topic, binding => binding.Create(services));
        var pump = ActivatorUtilities.CreateInstance<PartitionPump>(
            services,
            group.Key,
            (IReadOnlyDictionary<string, IBatchConsumer>)consumers
        );
        _pumps.Add(pump);
        return pump;
    }

    private async Task ServeBulk(BulkBinding bulk)
    {
        await using var pump = ActivatorUtilities.CreateInstance<BulkPump>(services, bulk, bulk.Create(services));
        await KeepRunning(bulk.Group, cancel => log.Consume(bulk.Group, pump.Topics, pump, cancel));
    }

    private Task Serve(PartitionPump pump) =>
        KeepRunning(pump.Group, cancel => log.Consume(pump.Group, pump.Topics, pump, cancel));

    /// <summary>A part that fails is started again: one group's trouble is not the others'.</summary>
    private async Task KeepRunning(string name, Func<CancellationToken, Task> run)
    {
        await Task.Yield();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await run(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it was, the part must run again, and somebody must see it.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                logger.LogError(failure, "{Part} failed and starts again", name);
                options.OnAlert(
                    "messaging_part_failed",
                    name,
                    $"{name} failed: {failure.Message}",
                    "It starts again by itself; see the log."
                );
            }

            await Task.Delay(AfterFailure, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private static async Task Retain(PostgresEventLog own, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
            if (await own.DeletePassed(cancel) == 0)
                await Task.Delay(RetainEvery, cancel);
    }
}
