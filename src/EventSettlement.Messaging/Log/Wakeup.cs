using System.Collections.Concurrent;
using Npgsql;

namespace EventSettlement.Messaging.Log;

/// <summary>
/// Wakes readers when something was committed: those of this process at once, those of others by NOTIFY, at most once
/// per 5 ms. Only a hint: readers look by themselves as well, so one that is lost with its process costs seconds and
/// nothing else.
/// </summary>
public sealed class Wakeup(NpgsqlDataSource database) : IAsyncDisposable
{
    private const string Channel = "eventsettlement_log";
    private static readonly TimeSpan NotifyEvery = TimeSpan.FromMilliseconds(5);
    private readonly ConcurrentDictionary<string, byte> _dirty = new();
    private readonly ConcurrentDictionary<Subscription, byte> _subscriptions = new();
    private readonly SemaphoreSlim _toNotify = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _start = new();
    private Task? _running;

    /// <summary>Tells everybody who waits for one of these names.</summary>
    public void Wake(IEnumerable<string> names)
    {
        EnsureRunning();
        var added = false;
        foreach (var name in names)
        {
            added |= _dirty.TryAdd(name, 0);
            Pulse(name);
        }

        if (added && _toNotify.CurrentCount == 0)
            ReleaseOnce();
    }

    public Subscription Subscribe(IEnumerable<string> names)
    {
        EnsureRunning();
        var subscription = new Subscription(this, names.ToHashSet());
        _subscriptions.TryAdd(subscription, 0);
        return subscription;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelSafelyAsync();
        if (_running is { } running)
            await running;
        _stop.Dispose();
        _toNotify.Dispose();
    }

    private void EnsureRunning()
    {
        if (_running is not null)
            return;
        lock (_start)
            _running ??= Task.WhenAll(Task.Run(Notify), Task.Run(Listen));
    }

    private void Pulse(string name)
    {
        foreach (var (subscription, _) in _subscriptions)
            if (subscription.Names.Contains(name))
                subscription.Pulse();
    }

    private void ReleaseOnce()
    {
        try
        {
            _toNotify.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another thread has woken the sender in the same moment.
        }
    }

    private async Task Notify()
    {
        while (!_stop.IsCancellationRequested)
        {
            string[] names = [];
            try
            {
                await _toNotify.WaitAsync(_stop.Token);
                names = [.. _dirty.Keys];
                foreach (var name in names)
                    _dirty.TryRemove(name, out _);
                await using var command = database.CreateCommand("SELECT pg_notify($1, name) FROM unnest($2) AS name");
                command.Parameters.Add(new() { Value = Channel });
                command.Parameters.Add(new() { Value = names });
                await command.ExecuteNonQueryAsync(_stop.Token);
                await Task.Delay(NotifyEvery, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception away) when (away is NpgsqlException or ObjectDisposedException)
            {
                // Where the process ends its pool may have gone first. Told again: nobody has heard them for sure.
                await Pause();
                foreach (var name in names)
                    _dirty.TryAdd(name, 0);
                if (_toNotify.CurrentCount == 0)
                    ReleaseOnce();
            }
        }
    }

    private async Task Listen()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(_stop.Token);
                connection.Notification += (_, heard) => Pulse(heard.Payload);
                await using (var listen = new NpgsqlCommand("LISTEN " + Channel, connection))
                    await listen.ExecuteNonQueryAsync(_stop.Token);
                // What was told while nobody listened is not told again.
                foreach (var (subscription, _) in _subscriptions)
                    subscription.Pulse();
                while (true)
                    await connection.WaitAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception away) when (away is NpgsqlException or ObjectDisposedException)
            {
                // Where the process ends its pool may have gone first.
                await Pause();
            }
        }
    }

    private Task Pause() =>
        Task.Delay(TimeSpan.FromSeconds(1), _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);

    /// <summary>One waiting reader. Take <see cref="Next"/> before looking, so that nothing falls between.</summary>
    public sealed class Subscription(Wakeup owner, IReadOnlySet<string> names) : IDisposable
    {
        private TaskCompletionSource _next = New();

        public IReadOnlySet<string> Names { get; } = names;

        public Task Next => _next.Task;

        public void Pulse() => Interlocked.Exchange(ref _next, New()).TrySetResult();

        public static async Task Wait(Task next, TimeSpan atMost, CancellationToken cancel)
        {
            // Running out is the poll behind the hint and happens all day: not worth an exception.
            await next.WaitAsync(atMost, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancel.ThrowIfCancellationRequested();
        }

        public void Dispose() => owner._subscriptions.TryRemove(this, out _);

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
