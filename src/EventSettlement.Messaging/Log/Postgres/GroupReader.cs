using System.Diagnostics;
using Npgsql;

namespace EventSettlement.Messaging.Log.Postgres;

/// <summary>Keeps what the member holds in step with the owner, and reads for it.</summary>
internal sealed class GroupReader(
    NpgsqlDataSource database,
    GroupMember member,
    IPartitionOwner owner,
    Wakeup.Subscription woken,
    IReadOnlyList<LogTopic> topics
)
{
    private static readonly TimeSpan ShortPoll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(1);

    // Everything so far was told by a wake-up: this is for what one that was lost with its process would have told.
    private static readonly TimeSpan UntoldPoll = TimeSpan.FromSeconds(5);
    private static readonly int PollsUntilLong = (int)(LongPoll / ShortPoll);
    private static readonly TimeSpan BalanceEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetakeEvery = TimeSpan.FromSeconds(2);
    private readonly Dictionary<string, int> _ids = topics.ToDictionary(topic => topic.Name, topic => topic.Id);

    // Held partitions with the offset to read next; null is one that stands stopped.
    private readonly Dictionary<TopicPartition, long?> _held = [];
    private readonly Dictionary<TopicPartition, long> _takenAt = [];
    private readonly Dictionary<TopicPartition, long> _givenAt = [];
    private long _balancedAt;
    private long _retakenAt;
    private long _readAt;
    private int _idle;
    private volatile bool _isChanged;
    private bool _isWoken;
    private bool _isHeldUp;

    public async Task Run(CancellationToken cancel)
    {
        member.Changed += Rebalance;
        try
        {
            while (!cancel.IsCancellationRequested)
                await BalanceAndRead(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // An ordered leave: what is in flight ends below.
        }
        finally
        {
            member.Changed -= Rebalance;
            await Task.WhenAll(_held.Where(held => held.Value is not null).Select(held => owner.Release(held.Key)));
        }
    }

    private async Task BalanceAndRead(CancellationToken cancel)
    {
        var next = woken.Next;
        try
        {
            if (_isChanged || Stopwatch.GetElapsedTime(_balancedAt) >= BalanceEvery || member.Current is null)
                await Balance(cancel);
            if (MayFind && await Read(cancel))
            {
                _idle = 0;
                return;
            }
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            // The database is away: the same again a second later.
            _idle = PollsUntilLong - 2;
        }

        _idle++;
        await Wakeup.Subscription.Wait(next, Pause(), cancel);
        _isWoken = next.IsCompleted;
    }

    private void Rebalance()
    {
        _isChanged = true;
        woken.Pulse();
    }

    private bool MayFind =>
        _isWoken || _isHeldUp || _idle < PollsUntilLong || Stopwatch.GetElapsedTime(_readAt) >= UntoldPoll;

    /// <summary>Longer the longer nothing comes, and never beyond a moment at which something is to be done.</summary>
    private TimeSpan Pause()
    {
        var pause =
            _idle < PollsUntilLong ? ShortPoll * _idle
            : HasAll ? UntoldPoll
            : LongPoll;
        pause = pause < member.Lasts ? pause : member.Lasts;
        return pause > ShortPoll ? pause : ShortPoll;
    }

    // What is wanted and not held, or stands stopped or full, comes free without a word.
    private bool HasAll =>
        !_isHeldUp && member.Current is { } standing && _held.Count == standing.Quota && !_held.ContainsValue(null);

    private async Task Balance(CancellationToken cancel)
    {
        _isChanged = false;
        var standing = member.Current;
        foreach (var partition in _held.Keys.ToArray())
            if (standing is null || !standing.Held.Contains(partition) && _takenAt[partition] < standing.At)
                Forget(partition);
        if (standing is null)
            return;
        await Adopt(standing, cancel);
        while (_held.Count > standing.Quota)
            await GiveBack(_held.Keys.Last(), cancel);
        if (_held.Count < standing.Quota)
            foreach (var partition in await member.AcquireLeases(standing.Quota - _held.Count, cancel))
                await Take(partition, cancel);
        foreach (var partition in _held.Keys.ToArray())
            if (_held[partition] is not null && owner.CommittedOffset(partition) < 0)
                _held[partition] = null;
        if (Stopwatch.GetElapsedTime(_retakenAt) >= RetakeEvery)
        {
            _retakenAt = Stopwatch.GetTimestamp();
            foreach (var stopped in _held.Where(held => held.Value is null).Select(held => held.Key).ToArray())
                if ((_held[stopped] = await owner.Take(stopped, cancel)) is not null)
                    _idle = 0;
        }

        _balancedAt = Stopwatch.GetTimestamp();
    }

    /// <summary>
    /// What is leased to us and not held: forgotten while the database was away, or leased by a statement whose answer
    /// was lost. The member renews it all the same, so nobody else could ever take it.
    /// </summary>
    private async Task Adopt(GroupMember.Standing standing, CancellationToken cancel)
    {
        foreach (var partition in standing.Held)
            if (!_held.ContainsKey(partition) && _givenAt.GetValueOrDefault(partition) < standing.At)
                await Take(partition, cancel);
    }

    private async Task Take(TopicPartition partition, CancellationToken cancel)
    {
        _idle = 0;
        _takenAt[partition] = Stopwatch.GetTimestamp();
        _held[partition] = null;
        _held[partition] = await owner.Take(partition, cancel);
    }

    private async Task GiveBack(TopicPartition partition, CancellationToken cancel)
    {
        if (_held[partition] is not null)
            await owner.Release(partition);
        _held.Remove(partition);
        await member.ReturnLease(partition, cancel);
        _givenAt[partition] = Stopwatch.GetTimestamp();
    }

    private void Forget(TopicPartition partition)
    {
        if (_held[partition] is not null)
            owner.Lose(partition);
        _held.Remove(partition);
    }

    private async Task<bool> Read(CancellationToken cancel)
    {
        var wanted = _held
            .Where(held => held.Value is not null && owner.WantsMore(held.Key))
            .Select(held => (held.Key, _ids[held.Key.Topic], held.Value!.Value))
            .ToArray();
        _isHeldUp = wanted.Length < _held.Values.Count(next => next is not null);
        if (wanted.Length == 0)
            return false;
        _readAt = Stopwatch.GetTimestamp();
        var found = await LogRows.ReadNext(database, wanted, cancel);
        var any = false;
        for (var i = 0; i < wanted.Length; i++)
        {
            if (found[i].Count == 0)
                continue;
            var (partition, _, from) = wanted[i];
            if (found[i][0].Offset != from)
            {
                // Records were deleted under the reader: taking the partition again finds out and stops it.
                owner.Lose(partition);
                _held[partition] = null;
                continue;
            }

            owner.Offer(partition, found[i]);
            _held[partition] = found[i][^1].Offset + 1;
            any = true;
        }

        return any;
    }
}
