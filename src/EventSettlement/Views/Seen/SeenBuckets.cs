using System.Diagnostics.Metrics;
using EventSettlement.Messaging.Bulk;
using EventSettlement.Platform;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Views.Seen;

/// <summary>
/// What this process holds of the known views: whole buckets, each as of a version. A bucket's row is locked before it
/// is judged by, and what others have added since is read then: who owns which partition decides speed, never a count.
/// </summary>
public sealed class SeenBuckets
{
    private const string ReadVersions = "SELECT bucket, version FROM view_bucket WHERE bucket = ANY ($1)";

    private const string LockVersions = """
        SELECT bucket, version FROM view_bucket WHERE bucket = ANY ($1) ORDER BY bucket FOR UPDATE
        """;

    private const string ReadBlocks = """
        SELECT s.bucket, s.day, s.hashes FROM unnest($1, $2) AS k (bucket, seq)
        JOIN view_seen s ON s.bucket = k.bucket AND s.seq > k.seq
        WHERE s.day >= $3
        """;

    private static readonly Meter Meter = new("EventSettlement.Views");

    private static readonly Gauge<long> Memory = Meter.CreateGauge<long>(
        "views.seen.memory",
        "By",
        "Memory of the views known to this process"
    );

    private readonly Database _database;
    private readonly SeenTable?[] _tables = new SeenTable?[ViewIdentity.Buckets];
    private readonly long[] _versions = new long[ViewIdentity.Buckets];
    private readonly bool[] _changed = new bool[ViewIdentity.Buckets];

    public SeenBuckets(Database database)
    {
        _database = database;
        // A gauge is there from its first value on, and nothing known is a value too.
        Memory.Record(0);
    }

    /// <summary>Bytes of memory of what is held.</summary>
    public long Bytes => _tables.Sum(table => table?.Bytes ?? 0);

    internal SeenTable this[short bucket] => _tables[bucket]!;

    /// <summary>Reads buckets that are not here yet, without a lock: what comes meanwhile is read under it.</summary>
    internal async Task Load(IEnumerable<short> buckets, int today, int knownDays, CancellationToken cancel)
    {
        var missing = buckets.Where(bucket => _tables[bucket] is null).ToArray();
        if (missing.Length == 0)
            return;
        await using var connection = await _database.Hot.OpenConnectionAsync(cancel);
        await using var read = new NpgsqlCommand(ReadVersions, connection);
        var versions = await Versions(read, missing, cancel);
        var tables = missing.ToDictionary(bucket => bucket, _ => new SeenTable());
        await using var blocks = new NpgsqlCommand(ReadBlocks, connection);
        await Fill(
            blocks,
            [.. missing.Select(bucket => (bucket, 0L))],
            bucket => tables[bucket],
            (today, knownDays),
            cancel
        );
        foreach (var (bucket, table) in tables)
            (_tables[bucket], _versions[bucket], _changed[bucket]) = (table, versions[bucket], false);
    }

    /// <summary>
    /// Locks the buckets in the order of their numbers, so that two processes never wait in a circle, and brings them
    /// up to what is committed.
    /// </summary>
    internal async Task Lock(
        BulkTransaction transaction,
        short[] buckets,
        int today,
        int knownDays,
        CancellationToken cancel
    )
    {
        await using var take = transaction.Command(LockVersions);
        var versions = await Versions(take, buckets, cancel);
        var behind = buckets.Where(bucket => versions[bucket] > _versions[bucket]).ToArray();
        foreach (var bucket in buckets)
            _changed[bucket] = true;
        if (behind.Length == 0)
            return;
        await using var blocks = transaction.Command(ReadBlocks);
        await Fill(
            blocks,
            [.. behind.Select(bucket => (bucket, _versions[bucket]))],
            bucket => _tables[bucket]!,
            (today, knownDays),
            cancel
        );
        foreach (var bucket in behind)
            _versions[bucket] = versions[bucket];
    }

    /// <summary>The version that a bucket gets by the transaction that has it locked.</summary>
    internal long NextVersion(short bucket) => ++_versions[bucket];

    internal void Committed()
    {
        Array.Clear(_changed);
        Memory.Record(Bytes);
    }

    /// <summary>What was added and not committed is forgotten with its bucket, which is read anew.</summary>
    internal void Abandon()
    {
        for (var bucket = 0; bucket < _tables.Length; bucket++)
            if (_changed[bucket])
                (_tables[bucket], _changed[bucket]) = (null, false);
    }

    private static async Task<Dictionary<short, long>> Versions(
        NpgsqlCommand command,
        short[] buckets,
        CancellationToken cancel
    )
    {
        command.Parameters.Add(RowArrays.Smallints(buckets));
        var versions = new Dictionary<short, long>(buckets.Length);
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            versions[row.GetInt16(0)] = row.GetInt64(1);
        return versions;
    }

    private static async Task Fill(
        NpgsqlCommand command,
        (short Bucket, long Known)[] buckets,
        Func<short, SeenTable> table,
        (int Today, int KnownDays) time,
        CancellationToken cancel
    )
    {
        command.Parameters.Add(RowArrays.Smallints([.. buckets.Select(one => one.Bucket)]));
        command.Parameters.Add(RowArrays.Bigints([.. buckets.Select(one => one.Known)]));
        command.Parameters.Add(
            new() { Value = ViewDays.ToDate(time.Today - time.KnownDays), NpgsqlDbType = NpgsqlDbType.Date }
        );
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            var (into, day) = (table(row.GetInt16(0)), ViewDays.Of(row.GetFieldValue<DateOnly>(1)));
            var block = row.GetFieldValue<byte[]>(2);
            for (var i = 0; i < block.Length / SeenBlock.BytesAView; i++)
                into.Add(SeenBlock.At(block, i), day, time.Today, time.KnownDays);
        }
    }
}
