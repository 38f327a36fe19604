using System.Data;
using System.Globalization;
using System.Runtime.InteropServices;
using EventSettlement.Messaging;
using EventSettlement.Platform;
using EventSettlement.Views.Intake;
using EventSettlement.Views.Seen;
using EventSettlement.Views.Statistics;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Views.Raw;

/// <summary>What a recount has found.</summary>
/// <param name="Compared">Sums of a content or ad and a day, and of all contents and an hour.</param>
/// <param name="Views">In the raw logs of these days, duplicates not among them.</param>
/// <param name="Differences">In words, the first thousand.</param>
/// <param name="Corrected">Sums that were changed.</param>
public sealed record RecountResult(
    bool Right,
    long Compared,
    long Views,
    IReadOnlyList<string> Differences,
    long Corrected
);

/// <summary>
/// Counts days anew from the raw logs, at one moment of the database. Intake only ever adds to sums, so what differs at
/// that moment is the same difference later: a rebuild adds it, while views keep coming.
/// </summary>
public sealed class Recount(Database database, ViewRules rules)
{
    private const int MostDifferences = 1000;
    private const long LockKey = 0x5649_4557_5245;

    /// <summary>Views whose identities are held at once: some 100 MB.</summary>
    private const long ViewsAPass = 5_000_000;

    private const string ReadSums = """
        SELECT 0, content_id, day, NULL::timestamptz, views, watched_seconds, ad_views FROM view_content_day
        WHERE day BETWEEN $1 AND $2 AND ($3::text IS NULL OR content_id = $3)
        UNION ALL
        SELECT 1, ad_id, day, NULL, views, watched_seconds, views FROM view_ad_day
        WHERE day BETWEEN $1 AND $2 AND $3::text IS NULL
        UNION ALL
        SELECT 2, '', NULL, hour, views, watched_seconds, ad_views FROM view_hour
        WHERE (hour AT TIME ZONE interval '9 hours')::date BETWEEN $1 AND $2 AND $3::text IS NULL
        """;

    /// <summary>Of hours, in which no intake writes.</summary>
    private const int OwnPartition = -1;

    private const string DropContents = "DELETE FROM view_content_day WHERE day BETWEEN $1 AND $2 AND views = 0";
    private const string DropAds = "DELETE FROM view_ad_day WHERE day BETWEEN $1 AND $2 AND views = 0";

    /// <exception cref="ProblemException">Raw logs of these days are gone.</exception>
    /// <param name="from">Null = all that can be recounted.</param>
    /// <param name="to">Null = to the end.</param>
    public async Task<RecountResult> Verify(DateOnly? from, DateOnly? to, string? id, CancellationToken cancel)
    {
        await using var connection = await database.Reads.OpenConnectionAsync(cancel);
        await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var days = (from ?? await Earliest(connection, cancel), to ?? DateOnly.MaxValue);
        return (await Compare(connection, days, id, cancel)).Result;
    }

    /// <exception cref="ProblemException">Raw logs of these days are gone, or another one is at it.</exception>
    public async Task<RecountResult> Rebuild((DateOnly From, DateOnly To) days, CancellationToken cancel)
    {
        await using var connection = await database.Reads.OpenConnectionAsync(cancel);
        await using (var only = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection))
        {
            only.Parameters.Add(new() { Value = LockKey });
            if (!(bool)(await only.ExecuteScalarAsync(cancel))!)
                throw ProblemException.Refused(
                    "rebuild_under_way",
                    "statistics are being counted anew already",
                    "wait until it has ended"
                );
        }

        // The lock goes with the session: where this fails the pool's reset gives it back.
        Comparison found;
        await using (var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel))
            found = await Compare(connection, days, null, cancel);
        if (found.Different.Count > 0)
            await Add(connection, days, found.Different, cancel);
        await using var free = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", connection);
        free.Parameters.Add(new() { Value = LockKey });
        await free.ExecuteNonQueryAsync(cancel);
        return found.Result with { Corrected = found.Different.Count };
    }

    private async Task<Comparison> Compare(
        NpgsqlConnection connection,
        (DateOnly From, DateOnly To) days,
        string? id,
        CancellationToken cancel
    )
    {
        await RefuseGone(connection, days.From, cancel);
        await using var size = Of(RawRows.Count, connection, days);
        var passes = 1 + (int)((long)(await size.ExecuteScalarAsync(cancel))! / ViewsAPass);
        var sums = new Dictionary<Key, ViewSum>();
        var told = new List<string>();
        var views = 0L;
        for (var pass = 0; pass < passes; pass++)
            views += await AddUp(connection, days, id, (pass, passes), sums, told, cancel);
        var compared = await Subtract(connection, days, id, sums, cancel);
        var different = sums.Where(one => one.Value != default).OrderBy(one => one.Key).ToList();
        foreach (var (key, sum) in different.Take(MostDifferences - told.Count))
            told.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{key}: the raw logs have {sum.Views:+0;-0;0} views, {sum.WatchedSeconds:+0;-0;0} seconds, "
                        + $"{sum.AdViews:+0;-0;0} ad views"
                )
            );
        return new Comparison(
            new RecountResult(told.Count == 0, Math.Max(compared, sums.Count), views, told, 0),
            different
        );
    }

    /// <summary>Adds up one part of the contents, and tells of views that were counted twice.</summary>
    private async Task<long> AddUp(
        NpgsqlConnection connection,
        (DateOnly From, DateOnly To) days,
        string? id,
        (int Pass, int Passes) part,
        Dictionary<Key, ViewSum> sums,
        List<string> told,
        CancellationToken cancel
    )
    {
        var (first, last) = (ViewDays.Of(days.From), ViewDays.Of(days.To));
        var known = new SeenTable();
        var views = 0L;
        await using var read = Of(RawRows.Read, connection, days);
        await using var row = await read.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            foreach (var view in RawBlock.Unpack(row.GetFieldValue<byte[]>(0)))
            {
                var day = ViewDays.Of(view.ViewedAt);
                if (view.IsDuplicate || day < first || day > last || (id is not null && view.Content != id))
                    continue;
                if (view.Identity.Key % (ulong)part.Passes != (ulong)part.Pass)
                    continue;
                views++;
                var arrived = ViewDays.Of(view.ArrivedAt);
                if (!known.Add(view.Identity, Math.Max(day, arrived), arrived, rules.KnownDays))
                    if (told.Count < MostDifferences)
                        told.Add($"content {view.Content}: a view of {ViewDays.ToDate(day):yyyy-MM-dd} counted twice");
                var sum = ViewSum.One(view.WatchedSeconds, view.Ad is not null);
                Add(sums, new Key(SumOf.Content, view.Content, day), sum);
                if (id is not null)
                    continue;
                Add(sums, new Key(SumOf.Hour, "", view.ViewedAt / ViewDays.Hour), sum);
                if (view.Ad is { } ad)
                    Add(sums, new Key(SumOf.Ad, ad, day), sum);
            }

        return views;
    }

    private static void Add(Dictionary<Key, ViewSum> sums, Key key, ViewSum more) =>
        CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _) += more;

    /// <returns>Rows that are there.</returns>
    private static async Task<long> Subtract(
        NpgsqlConnection connection,
        (DateOnly From, DateOnly To) days,
        string? id,
        Dictionary<Key, ViewSum> sums,
        CancellationToken cancel
    )
    {
        var rows = 0L;
        await using var read = Of(ReadSums, connection, days);
        read.Parameters.Add(new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await using var row = await read.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            rows++;
            var of = (SumOf)row.GetInt32(0);
            var at =
                of == SumOf.Hour
                    ? ViewDays.At(row.GetDateTime(3)) / ViewDays.Hour
                    : ViewDays.Of(row.GetFieldValue<DateOnly>(2));
            var sum = new ViewSum(row.GetInt64(4), row.GetInt64(5), row.GetInt64(6));
            Add(sums, new Key(of, row.GetString(1), at), -sum);
        }

        return rows;
    }

    private static async Task Add(
        NpgsqlConnection connection,
        (DateOnly From, DateOnly To) days,
        List<KeyValuePair<Key, ViewSum>> different,
        CancellationToken cancel
    )
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var of in (SumOf[])[SumOf.Content, SumOf.Ad])
        {
            var rows = different
                .Where(one => one.Key.Of == of)
                .Select(one => new SumRow(one.Key.Id, (int)one.Key.At, one.Value));
            batch.BatchCommands.Add(of == SumOf.Content ? SumRows.AddContents(rows) : SumRows.AddAds(rows));
            var drop = new NpgsqlBatchCommand(of == SumOf.Content ? DropContents : DropAds);
            drop.Parameters.Add(new() { Value = days.From, NpgsqlDbType = NpgsqlDbType.Date });
            drop.Parameters.Add(new() { Value = days.To, NpgsqlDbType = NpgsqlDbType.Date });
            batch.BatchCommands.Add(drop);
        }

        var hours = different
            .Where(one => one.Key.Of == SumOf.Hour)
            .Select(one => KeyValuePair.Create(one.Key.At, one.Value));
        batch.BatchCommands.Add(HourSums.Add(hours, OwnPartition));
        await batch.ExecuteNonQueryAsync(cancel);
        CrashPoint.Hit(SettlementCrashPoints.ViewsRebuilt);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>A view may arrive up to a day before it was watched by its own clock.</summary>
    private async Task<DateOnly> Earliest(NpgsqlConnection connection, CancellationToken cancel)
    {
        if (rules.KeepRaw == TimeSpan.Zero)
            throw Gone("none are kept (Views:KeepRaw is 0)", "set Views:KeepRaw");
        await using var read = new NpgsqlCommand("SELECT since + 1 FROM view_raw_since", connection);
        await using var row = await read.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return row.GetFieldValue<DateOnly>(0);
    }

    private async Task RefuseGone(NpgsqlConnection connection, DateOnly from, CancellationToken cancel)
    {
        if (await Earliest(connection, cancel) is var earliest && from < earliest)
            throw Gone("they are kept for Views:KeepRaw", $"take a from of {earliest:yyyy-MM-dd} or later");
    }

    private static ProblemException Gone(string why, string next) =>
        ProblemException.Refused("raw_logs_gone", $"the raw logs of these days are gone: {why}", next);

    private static NpgsqlCommand Of(string sql, NpgsqlConnection connection, (DateOnly From, DateOnly To) days)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        command.Parameters.Add(new() { Value = days.From, NpgsqlDbType = NpgsqlDbType.Date });
        command.Parameters.Add(new() { Value = days.To, NpgsqlDbType = NpgsqlDbType.Date });
        return command;
    }

    private sealed record Comparison(RecountResult Result, List<KeyValuePair<Key, ViewSum>> Different);

    private enum SumOf
    {
        Content,
        Ad,

        /// <summary>All contents together.</summary>
        Hour,
    }

    /// <param name="At">A day, or an hour since 1970.</param>
    private readonly record struct Key(SumOf Of, string Id, long At) : IComparable<Key>
    {
        public int CompareTo(Key other) =>
            Of != other.Of ? Of.CompareTo(other.Of)
            : string.CompareOrdinal(Id, other.Id) is not 0 and var byId ? byId
            : At.CompareTo(other.At);

        public override string ToString() =>
            Of == SumOf.Hour
                ? $"all contents {Seoul.Format(ViewDays.ToTime(At * ViewDays.Hour))}"
                : FormattableString.Invariant(
                    $"{(Of == SumOf.Content ? "content" : "ad")} {Id} {ViewDays.ToDate((int)At):yyyy-MM-dd}"
                );
    }
}
