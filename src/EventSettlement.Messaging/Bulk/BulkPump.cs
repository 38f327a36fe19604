using System.Collections.Concurrent;
using System.Diagnostics;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Log;
using Microsoft.Extensions.Logging;

namespace EventSettlement.Messaging.Bulk;

/// <summary>
/// One group's owner of all partitions of a topic in this process: folds what is read into one batch, and writes it
/// while the next is being folded. What fails loses all partitions: they are taken anew at their committed offsets,
/// which also settles whether a COMMIT whose answer was lost has happened.
/// </summary>
public sealed class BulkPump(
    BulkBinding binding,
    IBulkConsumer consumer,
    Takeover takeover,
    BulkTransactions transactions,
    MessagingOptions options,
    GroupTroubles troubles,
    ILogger<BulkPump> log
) : IBulkOwner, IAsyncDisposable
{
    /// <summary>What is read is to be seen within two seconds: folded, waiting for the batch before, written.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private const int FailuresUntilTold = 5;
    private readonly ConcurrentDictionary<int, Lane> _lanes = new();

    // Guards the batch that is being folded and the lanes; nothing is awaited under it.
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _begun = new(0);
    private IBulkBatch? _folding;
    private long _begunAt;
    private Task _writing = Task.CompletedTask;
    private Task? _closing;
    private long _pauseUntil;
    private int _failures;

    public string Group => binding.Group;

    public IReadOnlyCollection<string> Topics { get; } = [binding.Topic];

    public bool HasRoom
    {
        get
        {
            lock (_gate)
                return _folding is not { IsFull: true } && Stopwatch.GetTimestamp() >= _pauseUntil;
        }
    }

    public bool WaitForRoom(TimeSpan atMost)
    {
        Task writing;
        lock (_gate)
            writing = _writing;
        writing.Wait(atMost);
        lock (_gate)
            CloseIfDue();
        return HasRoom;
    }

    public async Task<long?> Take(TopicPartition partition, CancellationToken cancel)
    {
        Lose(partition);
        if (await takeover.Take(Group, partition, cancel) is not { } owned)
            return null;
        lock (_gate)
        {
            _closing ??= Task.Run(CloseInTime);
            _lanes[partition.Partition] = new Lane(owned);
        }

        return owned.NextOffset;
    }

    public bool Offer(TopicPartition partition, IReadOnlyList<LogRecord> records)
    {
        Offer(new ObjectBatch(records));
        return HasRoom;
    }

    public bool WantsMore(TopicPartition partition) => HasRoom && _lanes.ContainsKey(partition.Partition);

    public void Offer(RecordBatch records)
    {
        lock (_gate)
        {
            if (_folding is null)
            {
                (_folding, _begunAt) = (consumer.Begin(), Stopwatch.GetTimestamp());
                if (_begun.CurrentCount == 0)
                    _begun.Release();
            }

            Lane? lane = null;
            for (var i = 0; i < records.Count; i++)
            {
                var record = records[i];
                if (lane?.Partition != record.Partition && !_lanes.TryGetValue(record.Partition, out lane))
                    continue;
                // Reading backwards would handle records twice.
                if (record.Offset < lane.Next)
                    throw new InvalidOperationException(
                        $"{lane.Owned.Source}: offset {record.Offset} came where {lane.Next} was next"
                    );
                lane.Next = record.Offset + 1;
                lane.LastIndex = i;
                _folding.Fold(record);
            }

            foreach (var (_, seen) in _lanes)
                seen.Keep(records);
            CloseIfDue();
        }
    }

    public long CommittedOffset(TopicPartition partition) =>
        _lanes.TryGetValue(partition.Partition, out var lane) ? lane.Committed : -1;

    public string? LogOf(TopicPartition partition) =>
        _lanes.TryGetValue(partition.Partition, out var lane) ? lane.Owned.LogId : null;

    /// <summary>All that was folded is written, of other partitions too, and then the partition is another's.</summary>
    public async Task Release(TopicPartition partition)
    {
        if (!_lanes.ContainsKey(partition.Partition))
            return;
        await WriteAll();
        _lanes.TryRemove(partition.Partition, out _);
    }

    public void Lose(TopicPartition partition)
    {
        if (!_lanes.TryGetValue(partition.Partition, out var lane))
            return;
        lock (_gate)
            // What was folded of it cannot be taken out again: the fence would refuse the batch, so all are taken anew.
            if (lane.HasUncommitted)
                AbandonFolding();
            else
                _lanes.TryRemove(partition.Partition, out _);
    }

    public void Trouble(string? reason) =>
        troubles.Tell(
            Group,
            reason,
            "Change what the broker or the database refuses; it is tried again by itself.",
            options,
            log
        );

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelSafelyAsync();
        if (_closing is { } closing)
            await closing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _begun.Dispose();
    }

    /// <summary>A batch is written when it is full or its time has come, also while nothing arrives.</summary>
    private async Task CloseInTime()
    {
        while (true)
        {
            await _begun.WaitAsync(_stop.Token);
            for (var open = true; open; )
            {
                await Task.Delay(LookEvery, _stop.Token);
                lock (_gate)
                {
                    CloseIfDue();
                    open = _folding is not null;
                }
            }
        }
    }

    private void CloseIfDue()
    {
        if (
            _folding is { Count: > 0 } due
            && _writing.IsCompleted
            && (due.IsFull || Stopwatch.GetElapsedTime(_begunAt) >= Linger)
        )
            Close();
    }

    /// <summary>Under the gate, and with the batch before written.</summary>
    private void Close()
    {
        var (batch, lanes) = (_folding!, _lanes.Values.Where(lane => lane.HasFolded).ToList());
        var positions = lanes
            .OrderBy(lane => lane.Partition)
            .Select(lane => new BulkPosition(lane.Owned, lane.Last!))
            .ToList();
        foreach (var lane in lanes)
            lane.BeginWriting();
        _folding = null;
        _writing = Task.Run(() => Write(batch, lanes, positions));
    }

    private async Task Write(IBulkBatch batch, List<Lane> lanes, List<BulkPosition> positions)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await batch.Prepare(_stop.Token);
            await transactions.Complete(Group, positions, batch, _stop.Token);
        }
#pragma warning disable CA1031 // Whatever it was: nothing is known to be committed, and everything is read again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Fail(batch, failure);
            return;
        }

        batch.Committed();
        foreach (var lane in lanes)
            lane.EndWriting();
        if (Interlocked.Exchange(ref _failures, 0) >= FailuresUntilTold)
            Trouble(null);
        MessagingMeter.BatchTime.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        MessagingMeter.BatchSize.Record(batch.Count);
    }

    private void Fail(IBulkBatch batch, Exception failure)
    {
        if (failure is PartitionLostException)
        {
            MessagingMeter.Fenced.Add(1);
            if (log.IsEnabled(LogLevel.Information))
                log.LogInformation("{Reason}; all partitions of {Group} are taken anew", failure.Message, Group);
        }
        else if (!_stop.IsCancellationRequested)
        {
            log.LogWarning(failure, "{Group} reads again from what is committed", Group);
            if (++_failures >= FailuresUntilTold)
                Trouble($"{binding.Topic} cannot be written: {failure.Message}");
        }

        batch.Abandon();
        lock (_gate)
        {
            AbandonFolding();
            var pause = FirstPause * Math.Pow(2, Math.Min(_failures, 6));
            _pauseUntil = Stopwatch.GetTimestamp() + (long)(Seconds(pause) * Stopwatch.Frequency);
        }

        static double Seconds(TimeSpan pause) => (pause < LongestPause ? pause : LongestPause).TotalSeconds;
    }

    /// <summary>Under the gate.</summary>
    private void AbandonFolding()
    {
        _folding?.Abandon();
        _folding = null;
        _lanes.Clear();
    }

    private async Task WriteAll()
    {
        while (true)
        {
            Task writing;
            lock (_gate)
            {
                if (_writing.IsCompleted && _folding is { Count: > 0 })
                    Close();
                else if (_writing.IsCompleted)
                    return;
                writing = _writing;
            }

            await writing;
        }
    }

    /// <summary>One owned partition: how far it is folded, on its way, and committed.</summary>
    private sealed class Lane(Ownership owned)
    {
        private long _committed = owned.NextOffset;
        private long _closed = owned.NextOffset;

        public Ownership Owned => owned;

        public int Partition => owned.Source.Partition;

        /// <summary>Offset that is read next.</summary>
        public long Next { get; set; } = owned.NextOffset;

        /// <summary>In the records that are being folded; -1 = none of them is ours.</summary>
        public int LastIndex { get; set; } = -1;

        public LogRecord? Last { get; private set; }

        public long Committed => Interlocked.Read(ref _committed);

        public bool HasFolded => Next > _closed;

        public bool HasUncommitted => Next > Committed;

        public void Keep(RecordBatch records)
        {
            if (LastIndex < 0)
                return;
            Last = records.Copy(LastIndex);
            LastIndex = -1;
        }

        public void BeginWriting() => _closed = Next;

        public void EndWriting() => Interlocked.Exchange(ref _committed, _closed);
    }
}
