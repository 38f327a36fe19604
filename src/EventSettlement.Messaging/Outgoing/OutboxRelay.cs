using System.Collections.Concurrent;
using System.Diagnostics;
using Confluent.Kafka;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Log.Kafka;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventSettlement.Messaging.Outgoing;

/// <summary>
/// Sends outbox rows to Kafka and deletes them once Kafka has answered: at least once, in the order of their ids within
/// a shard. There is no position to remember, because ids do not commit in order. A message that Kafka refuses for its
/// own sake is parked; a topic that it refuses is tried by itself, so that neither holds up the others.
/// </summary>
public sealed class OutboxRelay(
    NpgsqlDataSource database,
    Wakeup wakeup,
    KafkaClients clients,
    MessagingOptions options,
    ILogger<OutboxRelay> log
)
{
    // Behind the hint: of a process that was killed between its commit and the hint.
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    // An alert that nobody repeats is closed.
    private static readonly TimeSpan AlertEvery = TimeSpan.FromMinutes(1);
    private readonly RelayLeases _leases = new(database);
    private readonly ConcurrentDictionary<string, Task> _refused = new();
    private IReadOnlyDictionary<short, long> _held = new Dictionary<short, long>();

    public async Task Run(CancellationToken cancel)
    {
        await _leases.CreateRows(cancel);
        using var woken = wakeup.Subscribe([OutboxWriter.Signal]);
        using var producer = new KafkaProducer(clients);
        long renewed = 0;
        try
        {
            while (!cancel.IsCancellationRequested)
            {
                var next = woken.Next;
                try
                {
                    if (renewed == 0 || Stopwatch.GetElapsedTime(renewed) > RenewEvery)
                        (renewed, _held) = (Stopwatch.GetTimestamp(), await _leases.RenewLeases(cancel));
                    if (!await Relay(producer, cancel))
                        await Wakeup.Subscription.Wait(next, Poll, cancel);
                }
                catch (Exception failure) when (IsPassing(failure))
                {
                    log.LogWarning(failure, "The outbox could not be sent; tried again");
                    await Task.Delay(AfterFailure, cancel);
                }
            }
        }
        finally
        {
            await Task.WhenAll(_refused.Values).ContinueWith(_ => { }, TaskScheduler.Default);
            _refused.Clear();
            await _leases.Leave();
        }
    }

    private async Task<bool> Relay(KafkaProducer producer, CancellationToken cancel)
    {
        var held = _held;
        var rows = await _leases.Read(held.Keys, new(Except: _refused.Keys), cancel);
        if (rows.Count == 0)
            return false;
        var sent = await Send(producer, rows, held, cancel);
        foreach (var (topic, error) in sent.Refused)
        {
            // Where nothing at all was taken it is the broker that is away, and not the topic that is refused.
            if (sent.Refused.Count == sent.Topics && !KafkaClients.IsOfTopic(error))
                throw new KafkaException(error);
            _refused.TryAdd(topic, Task.CompletedTask);
            _refused[topic] = KeepTrying(topic, error, cancel);
        }

        return true;
    }

    /// <summary>Deletes what was taken, and parks what is refused for its own sake.</summary>
    private async Task<Sent> Send(
        KafkaProducer producer,
        IReadOnlyList<OutboxRow> rows,
        IReadOnlyDictionary<short, long> held,
        CancellationToken cancel
    )
    {
        var answers = await producer.Send(rows, cancel);
        CrashPoint.Hit(CrashPoints.OutboxSent);
        var answered = SentRows.Sort(rows, answers);
        var deleted = await _leases.Delete(answered.Taken, held, cancel);
        CrashPoint.Hit(CrashPoints.OutboxMarked);
        if (deleted < answered.Taken.Count)
            MessagingMeter.Resent.Add(answered.Taken.Count - deleted);
        foreach (var suspect in answered.Suspects)
        {
            // With it the whole batch on the wire was refused: by itself it is seen which of them it is.
            var error = (await producer.Send([suspect], cancel))[0];
            if (error is null)
                await _leases.Delete([suspect], held, cancel);
            else if (KafkaProducer.IsOfMessage(error))
                await Park(suspect, error, held, cancel);
            else
                answered.Refused.TryAdd(suspect.Topic, error);
        }

        return new Sent(answered.Refused, rows.Select(row => row.Topic).Distinct().Count());
    }

    private async Task Park(OutboxRow row, Error error, IReadOnlyDictionary<short, long> held, CancellationToken cancel)
    {
        var size = (row.Key?.Length ?? 0) + (row.Body?.Length ?? 0);
        var reason = $"Kafka does not take this message of {size} bytes for {row.Topic}: {error.Reason}";
        if (!await _leases.Park(row, reason, held, cancel))
            return;
        log.LogError("{Reason}; it is parked", reason);
        options.OnAlert(
            "message_refused",
            row.Topic,
            reason + ". It is parked.",
            "See settle parked list; once the topic takes it, settle parked replay."
        );
    }

    /// <summary>Until the topic is taken again; its messages wait meanwhile, those of other topics do not.</summary>
    private async Task KeepTrying(string topic, Error error, CancellationToken cancel)
    {
        await Task.Yield();
        using var producer = new KafkaProducer(clients);
        long alerted = 0;
        for (var pause = AfterFailure; !cancel.IsCancellationRequested; pause = Min(pause * 2, LongestPause))
        {
            if (alerted == 0 || Stopwatch.GetElapsedTime(alerted) > AlertEvery)
            {
                alerted = Stopwatch.GetTimestamp();
                log.LogError("Kafka takes nothing for {Topic}: {Reason}; its messages wait", topic, error.Reason);
                options.OnAlert(
                    "topic_refused",
                    topic,
                    $"Kafka takes nothing for {topic}: {error.Reason}. Its messages wait.",
                    "Make the topic, or allow writing to it; they are then sent by themselves."
                );
            }

            await Task.Delay(pause, cancel).ContinueWith(_ => { }, TaskScheduler.Default);
            try
            {
                if (await SendHeldUp(producer, topic, cancel) is not { } still)
                {
                    _refused.TryRemove(topic, out _);
                    return;
                }

                error = still;
            }
            catch (Exception failure) when (IsPassing(failure))
            {
                log.LogWarning(failure, "{Topic} could not be sent to; tried again", topic);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <returns>What the topic is still refused with; null = nothing waits for it any more.</returns>
    private async Task<Error?> SendHeldUp(KafkaProducer producer, string topic, CancellationToken cancel)
    {
        while (true)
        {
            var held = _held;
            var rows = await _leases.Read(held.Keys, new(Only: topic), cancel);
            if (rows.Count == 0)
                return null;
            if ((await Send(producer, rows, held, cancel)).Refused.TryGetValue(topic, out var error))
                return error;
        }
    }

    private static bool IsPassing(Exception failure) =>
        failure is NpgsqlException or KafkaException or TimeoutException;

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <param name="Refused">By topic why it takes nothing.</param>
    /// <param name="Topics">How many topics there were in it.</param>
    private sealed record Sent(IReadOnlyDictionary<string, Error> Refused, int Topics);
}
