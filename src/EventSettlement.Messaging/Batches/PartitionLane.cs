using System.Diagnostics;
using EventSettlement.Messaging.Log;
using Microsoft.Extensions.Logging;

namespace EventSettlement.Messaging.Batches;

/// <summary>
/// One owned partition: a buffer bounded in bytes and records, and the loop that empties it by batches.
/// </summary>
public sealed class PartitionLane
{
    private const int MostMessages = 500;
    private const long MostBytes = 8 << 20;
    private const int FullMessages = 2000;
    private const long FullBytes = 8 << 20;

    // Beside its bytes a record costs its objects: a stream of empty bodies is bounded too.
    private const int RecordOverhead = 200;
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(5);
    private readonly Queue<LogRecord> _waiting = new();
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly CancellationTokenSource _drop = new();
    private readonly BatchRunner _runner;
    private readonly ILogger _log;
    private readonly Task _running;
    private long _bytes;
    private long _committed;
    private long _expected;
    private volatile bool _finishing;

    internal PartitionLane(Ownership owned, BatchRunner runner, ILogger log)
    {
        (Owned, _runner, _log) = (owned, runner, log);
        _committed = _expected = owned.NextOffset;
        _running = Task.Run(Run);
    }

    /// <summary>As it was taken.</summary>
    public Ownership Owned { get; }

    public TopicPartition Source => Owned.Source;

    public long Committed => Interlocked.Read(ref _committed);

    /// <summary>The fence said that another owns it; nothing more is run.</summary>
    public bool Lost => _running.IsCompleted && !_finishing;

    internal bool WantsMore
    {
        get
        {
            lock (_gate)
                return !_finishing
                    && !_running.IsCompleted
                    && _waiting.Count < FullMessages / 2
                    && _bytes < FullBytes / 2;
        }
    }

    internal bool Offer(IReadOnlyList<LogRecord> records)
    {
        bool room;
        lock (_gate)
        {
            foreach (var record in records)
            {
                // Reading backwards would handle records twice, reading ahead would lose the former ones unseen.
                if (record.Offset < _expected)
                    throw new InvalidOperationException(
                        $"{Source}: offset {record.Offset} came where {_expected} was next"
                    );
                _expected = record.Offset + 1;
                _waiting.Enqueue(record);
                _bytes += SizeOf(record);
            }

            room = _waiting.Count < FullMessages && _bytes < FullBytes;
        }

        _arrived.Release();
        return room;
    }

    /// <summary>Ends after the batch in flight; what waits is another owner's.</summary>
    internal async Task Finish()
    {
        _finishing = true;
        _arrived.Release();
        await _running;
    }

    internal void Drop()
    {
        _finishing = true;
        _drop.CancelSafely();
        _arrived.Release();
    }

    private async Task Run()
    {
        try
        {
            while (!_finishing)
            {
                var batch = await NextBatch();
                if (batch.Count == 0 || _finishing)
                    continue;
                CrashPoint.Hit(CrashPoints.BatchPolled);
                var started = Stopwatch.GetTimestamp();
                await _runner.Run(
                    batch,
                    done => Interlocked.Exchange(ref _committed, done),
                    () => _finishing,
                    _drop.Token
                );
                CrashPoint.Hit(CrashPoints.BatchCommitted);
                MessagingMeter.BatchTime.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
                MessagingMeter.BatchSize.Record(batch.Count);
            }
        }
        catch (OperationCanceledException) when (_finishing)
        {
            // Dropped or released: whatever was under way was not committed, or is the last thing that was.
        }
        catch (PartitionLostException lost)
        {
            MessagingMeter.Fenced.Add(1);
            if (_log.IsEnabled(LogLevel.Information))
                _log.LogInformation("{Reason}; it is dropped", lost.Message);
        }
#pragma warning disable CA1031 // Whatever it was: the log's side sees an ended lane and takes the partition anew.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _log.LogError(failure, "{Source} failed and is taken anew", Source);
        }
    }

    private async Task<List<LogRecord>> NextBatch()
    {
        await _arrived.WaitAsync(_drop.Token);
        int waiting;
        lock (_gate)
            waiting = _waiting.Count;
        if (waiting is > 0 and < MostMessages)
            await Task.Delay(Linger, _drop.Token);
        var batch = new List<LogRecord>(Math.Min(waiting, MostMessages));
        long size = 0;
        lock (_gate)
        {
            while (
                batch.Count < MostMessages
                && _waiting.TryPeek(out var next)
                && (batch.Count == 0 || size + SizeOf(next) <= MostBytes)
            )
            {
                batch.Add(_waiting.Dequeue());
                size += SizeOf(next);
            }

            _bytes -= size;
            if (_waiting.Count > 0)
                _arrived.Release();
        }

        return batch;
    }

    private static int SizeOf(LogRecord record) =>
        RecordOverhead + (record.Key?.Length ?? 0) + (record.Body?.Length ?? 0) + 2 * record.Headers.Text.Length;
}
