using System.Diagnostics;
using System.Text;
using EventSettlement.Messaging.Bulk;
using EventSettlement.Messaging.Log;
using EventSettlement.Views.Seen;

namespace EventSettlement.Views.Intake;

/// <summary>
/// Views as they are folded: numbers for ids, fields in an array. Records that are not of the usual shape, or near the
/// edge of what is taken, are kept whole and judged by the strict reader.
/// </summary>
internal sealed class ViewBatch(ViewIntake intake) : IBulkBatch
{
    /// <summary>Views; 64 bytes each.</summary>
    private const int Full = 400_000;

    /// <summary>Of the records that are kept whole.</summary>
    private const long FullBytes = 48L << 20;
    private const int RecordOverhead = 300;
    private const int ClockEvery = 1000;
    private readonly bool _keepsMembers = intake.Rules.KeepRaw > TimeSpan.Zero;
    private FoldedView[] _views = new FoldedView[1 << 12];
    private IntakeCounts?[] _counts = new IntakeCounts?[16];
    private long _wholeBytes;
    private long _begunAt;
    private bool _isWritten;
    private long _now;

    public IdTable Contents { get; } = new();

    public IdTable Ads { get; } = new();

    public IdTable Members { get; } = new();

    /// <summary>Kept whole, and the place that is reserved among the views so that the order stays.</summary>
    public List<(int Place, LogRecord Record)> Whole { get; } = [];

    public Span<FoldedView> Views => _views.AsSpan(0, Held);

    /// <summary>Places in <see cref="Views"/>.</summary>
    public int Held { get; private set; }

    public ViewClock Clock { get; private set; } = null!;

    public TimeSpan Age => Stopwatch.GetElapsedTime(_begunAt);

    public int Count { get; private set; }

    public bool IsFull => Count >= Full || _wholeBytes >= FullBytes;

    public IEnumerable<(int Partition, IntakeCounts Counts)> Counts
    {
        get
        {
            for (var partition = 0; partition < _counts.Length; partition++)
                if (_counts[partition] is { Received: > 0 } counts)
                    yield return (partition, counts);
        }
    }

    public ViewBatch Begin(ViewClock clock)
    {
        (Clock, _begunAt, _wholeBytes, _isWritten) = (clock, Stopwatch.GetTimestamp(), 0, false);
        (Count, Held) = (0, 0);
        Contents.Clear();
        Ads.Clear();
        Members.Clear();
        Whole.Clear();
        Array.Clear(_counts);
        return this;
    }

    public void Fold(in BulkRecord record)
    {
        // The clock is asked for now and then: it costs as much as reading a body, and edges are wide.
        if (Count++ % ClockEvery == 0)
            _now = ViewDays.At(Clock.Now);
        var counts = CountsOf(record.Partition);
        counts.Received++;
        if (!ViewScan.TryRead(record.Body, out var view) || !IsClear(view.ViewedAt, record.AppendedAt))
        {
            var copy = record.Copy();
            _wholeBytes += RecordOverhead + (copy.Body?.Length ?? 0);
            Whole.Add((Held, copy));
            Next() = new FoldedView { Content = -1 };
            return;
        }

        if (!view.Completed)
        {
            counts.Incomplete++;
            return;
        }

        ref var folded = ref Next();
        folded.Identity = ViewIdentity.Of(view.ContentId, view.ViewId);
        folded.Content = Contents.NumberOf(view.ContentId);
        folded.Ad = view.AdId.IsEmpty ? -1 : Ads.NumberOf(view.AdId);
        folded.Member = _keepsMembers ? Members.NumberOf(view.MemberId) : -1;
        folded.WatchedSeconds = view.WatchedSeconds;
        folded.Partition = record.Partition;
        folded.Offset = record.Offset;
        folded.ViewedAt = view.ViewedAt;
        folded.ArrivedAt = record.AppendedAt;
        folded.IsDuplicate = false;
    }

    /// <summary>A completed view that the strict reader has taken, at the place that was reserved for it.</summary>
    public void Place(int place, LogRecord record, ViewFact fact)
    {
        var content = Encoding.UTF8.GetBytes(fact.ContentId);
        _views[place] = new FoldedView
        {
            Identity = ViewIdentity.Of(content, Encoding.UTF8.GetBytes(fact.ViewId)),
            Content = Contents.NumberOf(content),
            Ad = fact.AdId is null ? -1 : Ads.NumberOf(Encoding.UTF8.GetBytes(fact.AdId)),
            Member = _keepsMembers ? Members.NumberOf(Encoding.UTF8.GetBytes(fact.MemberId)) : -1,
            WatchedSeconds = fact.WatchedSeconds,
            Partition = record.Source.Partition,
            Offset = record.Offset,
            ViewedAt = ViewDays.At(fact.ViewedAt),
            ArrivedAt = ViewDays.At(record.AppendedAt),
        };
    }

    public IntakeCounts CountsOf(int partition)
    {
        if (partition >= _counts.Length)
            Array.Resize(ref _counts, Math.Max(partition + 1, _counts.Length * 2));
        return _counts[partition] ??= new IntakeCounts();
    }

    public Task Prepare(CancellationToken cancel) => intake.Prepare(this, cancel);

    public Task Write(BulkTransaction transaction, CancellationToken cancel)
    {
        _isWritten = true;
        return intake.Write(this, transaction, cancel);
    }

    public void Committed() => intake.End(this, wasWritten: true, isCommitted: true);

    public void Abandon() => intake.End(this, _isWritten, isCommitted: false);

    /// <summary>Whether it is taken by any clock near the one that is known.</summary>
    private bool IsClear(long viewedAt, long appendedAt)
    {
        var now = Math.Clamp(appendedAt, _now - (7 * ViewDays.Day), _now);
        return viewedAt <= now + ViewDays.Day - ViewClock.Margin
            && viewedAt >= now - ViewDays.Microseconds(intake.Rules.Window) + ViewClock.Margin;
    }

    private ref FoldedView Next()
    {
        if (Held == _views.Length)
            Array.Resize(ref _views, _views.Length * 2);
        return ref _views[Held++];
    }
}
