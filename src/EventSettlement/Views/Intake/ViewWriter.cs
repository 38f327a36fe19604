using System.Runtime.InteropServices;
using EventSettlement.Messaging.Bulk;
using EventSettlement.Platform;
using EventSettlement.Views.Raw;
using EventSettlement.Views.Seen;
using EventSettlement.Views.Statistics;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Views.Intake;

/// <summary>
/// Judges a batch bucket by bucket, under the buckets' locks, and writes what it adds up to. One at a time.
/// </summary>
internal sealed class ViewWriter(SeenBuckets seen, ViewRules rules)
{
    private const string AddCounts = """
        INSERT INTO view_intake AS i (partition, counted, incomplete, duplicates, late, minute, in_minute,
            in_minute_before)
        SELECT partition, counted, incomplete, duplicates, late, $7, received, 0
        FROM unnest($1, $2, $3, $4, $5, $6) AS u (partition, received, counted, incomplete, duplicates, late)
        ON CONFLICT (partition) DO UPDATE SET counted = i.counted + excluded.counted,
            incomplete = i.incomplete + excluded.incomplete, duplicates = i.duplicates + excluded.duplicates,
            late = i.late + excluded.late, minute = excluded.minute,
            in_minute = excluded.in_minute + CASE WHEN i.minute = excluded.minute THEN i.in_minute ELSE 0 END,
            in_minute_before = CASE excluded.minute - i.minute WHEN 0 THEN i.in_minute_before WHEN 1 THEN i.in_minute
                ELSE 0 END
        """;

    private const string AddSeen = """
        INSERT INTO view_seen (bucket, seq, day, views, hashes) SELECT * FROM unnest($1, $2, $3, $4, $5)
        """;

    private const string RaiseVersions = """
        UPDATE view_bucket b SET version = u.version FROM unnest($1, $2) AS u (bucket, version)
        WHERE b.bucket = u.bucket
        """;

    private readonly DaySums _contents = new();
    private readonly DaySums _ads = new();
    private readonly Dictionary<int, List<ViewIdentity>> _days = [];
    private readonly Dictionary<long, ViewSum> _hours = [];
    private readonly MemoryStream _raw = new();
    private int[] _order = [];
    private int _completed;

    /// <summary>By the number of the content.</summary>
    public static short[] BucketsOf(ViewBatch batch)
    {
        var buckets = new short[batch.Contents.Count];
        for (var content = 0; content < buckets.Length; content++)
            buckets[content] = ViewIdentity.BucketOf(batch.Contents.Bytes(content));
        return buckets;
    }

    public async Task Write(ViewBatch batch, BulkTransaction transaction, DateTime clock, CancellationToken cancel)
    {
        var (bucketOf, today) = (BucketsOf(batch), ViewDays.Of(ViewDays.At(clock)));
        short[] touched = [.. bucketOf.Distinct().Order()];
        // Those of the records that were kept whole; the others are here by now.
        await seen.Load(touched, today, rules.KnownDays, cancel);
        if (touched.Length > 0)
            await seen.Lock(transaction, touched, today, rules.KnownDays, cancel);
        var blocks = Judge(batch, bucketOf, ViewDays.At(clock), today);
        await using var writes = transaction.Batch();
        if (blocks.Count > 0)
        {
            writes.BatchCommands.Add(Seen(blocks));
            writes.BatchCommands.Add(Versions(blocks));
            writes.BatchCommands.Add(SumRows.AddContents(Rows(batch.Contents, _contents.All)));
        }

        if (rules.KeepRaw > TimeSpan.Zero)
        {
            _raw.SetLength(0);
            foreach (var raw in RawBlock.Pack(batch, _order, _completed, _raw))
                writes.BatchCommands.Add(RawRows.Insert(raw));
        }

        if (_hours.Count > 0)
            writes.BatchCommands.Add(HourSums.Add(_hours, batch.Counts.First().Partition));
        // What all processes share comes last: it is locked until COMMIT.
        writes.BatchCommands.Add(Counts(batch, clock));
        if (_ads.All.Count > 0)
            writes.BatchCommands.Add(SumRows.AddAds(Rows(batch.Ads, _ads.All)));
        await writes.ExecuteNonQueryAsync(cancel);
    }

    private List<Block> Judge(ViewBatch batch, short[] bucketOf, long clock, int today)
    {
        _contents.Begin(batch.Contents.Count);
        _ads.Begin(batch.Ads.Count);
        _hours.Clear();
        var ends = Order(batch.Views, bucketOf);
        var blocks = new List<Block>();
        for (short bucket = 0; bucket < ViewIdentity.Buckets; bucket++)
        {
            var (start, end) = (bucket == 0 ? 0 : ends[bucket - 1], ends[bucket]);
            if (start == end)
                continue;
            for (var i = start; i < end; i++)
                Judge(batch, ref batch.Views[_order[i]], seen[bucket], clock, today);
            foreach (var (day, views) in _days)
            {
                if (views.Count == 0)
                    continue;
                // One version a transaction is enough, and a day is told apart by the key.
                var seq = blocks is [.., { } last] && last.Bucket == bucket ? last.Seq : seen.NextVersion(bucket);
                blocks.Add(new Block(bucket, seq, day, SeenBlock.Pack(CollectionsMarshal.AsSpan(views))));
                views.Clear();
            }
        }

        return blocks;
    }

    private void Judge(ViewBatch batch, ref FoldedView view, SeenTable known, long clock, int today)
    {
        view.ArrivedAt = Math.Clamp(view.ArrivedAt, clock - (7 * ViewDays.Day), clock);
        var counts = batch.CountsOf(view.Partition);
        var viewed = ViewDays.Of(view.ViewedAt);
        var day = Math.Max(viewed, ViewDays.Of(view.ArrivedAt));
        view.IsDuplicate = !known.Add(view.Identity, day, today, rules.KnownDays);
        if (view.IsDuplicate)
        {
            counts.Duplicates++;
            return;
        }

        counts.Counted++;
        if (view.ArrivedAt - view.ViewedAt > ViewDays.Microseconds(rules.LateAfter))
            counts.Late++;
        if (!_days.TryGetValue(day, out var block))
            _days[day] = block = [];
        block.Add(view.Identity);
        var one = ViewSum.One(view.WatchedSeconds, view.Ad >= 0);
        CollectionsMarshal.GetValueRefOrAddDefault(_hours, view.ViewedAt / ViewDays.Hour, out _) += one;
        _contents.Add(view.Content, viewed, one);
        if (view.Ad >= 0)
            _ads.Add(view.Ad, viewed, one);
    }

    /// <summary>Views by bucket, each bucket's in the order in which they came.</summary>
    /// <returns>By bucket where it ends.</returns>
    private int[] Order(ReadOnlySpan<FoldedView> views, short[] bucketOf)
    {
        var next = new int[ViewIdentity.Buckets];
        foreach (ref readonly var view in views)
            if (view.Content >= 0)
                next[bucketOf[view.Content]]++;
        var total = 0;
        for (var bucket = 0; bucket < next.Length; bucket++)
            (next[bucket], total) = (total, total + next[bucket]);
        _order = _order.Length >= total && _order.Length <= 4 * total ? _order : new int[total];
        _completed = total;
        for (var i = 0; i < views.Length; i++)
            if (views[i].Content >= 0)
                _order[next[bucketOf[views[i].Content]]++] = i;
        return next;
    }

    private static NpgsqlBatchCommand Seen(List<Block> blocks) =>
        new NpgsqlBatchCommand(AddSeen)
            .Smallints(blocks, b => b.Bucket)
            .Bigints(blocks, b => b.Seq)
            .Array(blocks, NpgsqlDbType.Date, b => ViewDays.ToDate(b.Day))
            .Integers(blocks, b => b.Hashes.Length / SeenBlock.BytesAView)
            .Array(blocks, NpgsqlDbType.Bytea, b => b.Hashes);

    private static NpgsqlBatchCommand Versions(List<Block> blocks)
    {
        var raised = blocks.DistinctBy(b => b.Bucket).ToList();
        return new NpgsqlBatchCommand(RaiseVersions).Smallints(raised, b => b.Bucket).Bigints(raised, b => b.Seq);
    }

    private static IEnumerable<SumRow> Rows(IdTable ids, IReadOnlyList<DaySum> sums) =>
        sums.Select(sum => new SumRow(ids.Text(sum.Id), sum.Day, sum.Sum));

    private static NpgsqlBatchCommand Counts(ViewBatch batch, DateTime clock)
    {
        var rows = batch.Counts.ToList();
        var command = new NpgsqlBatchCommand(AddCounts)
            .Integers(rows, r => r.Partition)
            .Bigints(rows, r => r.Counts.Received)
            .Bigints(rows, r => r.Counts.Counted)
            .Bigints(rows, r => r.Counts.Incomplete)
            .Bigints(rows, r => r.Counts.Duplicates)
            .Bigints(rows, r => r.Counts.Late);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = ViewDays.At(clock) / (60 * ViewDays.Second) });
        return command;
    }

    /// <summary>New views of a bucket and a day.</summary>
    private sealed record Block(short Bucket, long Seq, int Day, byte[] Hashes);
}
