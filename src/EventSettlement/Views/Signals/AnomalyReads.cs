using System.Globalization;
using EventSettlement.Platform;

namespace EventSettlement.Views.Signals;

/// <summary>Judges days and the running hour by what was before them; nothing of it is kept.</summary>
internal sealed class AnomalyReads(DailyReads reads, BurstReads bursts)
{
    /// <summary>Days on which it is measured how many ordinary ones are outside of their band.</summary>
    private const int MeasuredDays = 28;

    /// <summary>That a day is judged by, and the days before by which the band is.</summary>
    private const int History = 84;

    /// <summary>Raw views that are counted for one answer: some ten seconds of work.</summary>
    private const long MostRawViews = 10_000_000;

    /// <summary>Minutes of an hour before it is judged: of the first few too little is to be expected.</summary>
    private const int LeastMinutes = 15;

    public async Task<FoundAnomalies> Find(AnomalyFilter filter, CancellationToken cancel)
    {
        var now = await reads.ReadNow(cancel);
        var today = Seoul.DateOf(now);
        var days = filter.Days(today);
        var found = new Found();
        if (filter.Asks("content"))
        {
            await FindDays("content", days, today, filter.Id, found, cancel);
            await FindBursts(days, today, filter.Id, found, cancel);
        }

        if (filter.Asks("ad"))
            await FindDays("ad", days, today, filter.Id, found, cancel);
        if (filter.Asks("whole"))
        {
            await FindDays("whole", days, today, null, found, cancel);
            if (days.To == today)
                await FindHour(now, found, cancel);
        }

        return found.Sorted();
    }

    /// <summary>The running hour alone.</summary>
    public async Task<FoundAnomalies> FindHour(DateTime now, CancellationToken cancel)
    {
        var found = new Found();
        await FindHour(now, found, cancel);
        return found.Sorted();
    }

    private async Task FindDays(
        string what,
        (DateOnly From, DateOnly To) days,
        DateOnly today,
        string? id,
        Found found,
        CancellationToken cancel
    )
    {
        var (yesterday, measured) = (today.AddDays(-1), today.AddDays(-MeasuredDays));
        var first = days.From < measured ? days.From : measured;
        var all = what switch
        {
            "content" => reads.Contents(first.AddDays(-History), yesterday, id, cancel),
            "ad" => reads.Ads(first.AddDays(-History), yesterday, id, cancel),
            _ => Whole(first.AddDays(-History), yesterday, cancel),
        };
        var judged = default(Judged);
        await foreach (var (name, series) in all)
        {
            var (outside, counted) = Deviations.Find(
                series.Views,
                Season.OfDays,
                what == "whole" ? Deviations.RareOfOne : Deviations.RareOfMany,
                series.PlaceOf(first),
                series.PlaceOf(measured)
            );
            judged += counted;
            foreach (var one in outside)
                if (series.First.AddDays(one.At) is var day && day >= days.From && day <= days.To)
                    found.Add(OfDay(what, name, series.First, one), one.Band.Distance(one.Observed));
        }

        found.Add(what, judged);
    }

    private async Task FindHour(DateTime now, Found found, CancellationToken cancel)
    {
        var hour = new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerHour), DateTimeKind.Utc);
        if (await reads.Hours(hour.AddDays(-(History + MeasuredDays)), hour, cancel) is not { } hours)
        {
            found.Add("hour", default);
            return;
        }

        // The running hour is no whole one: it is judged by the part of it that is over, and no count before it is.
        var (running, season) = (hours.Views.Length - 1, Season.OfHours);
        var (_, judged) = Deviations.Find(
            hours.Views[..running],
            season,
            Deviations.RareOfMany,
            running - (MeasuredDays * 24),
            running - (MeasuredDays * 24)
        );
        found.Add("hour", judged);
        var (expectation, minutes) = (new Expectation(hours.Views, season), now.Minute);
        if (!expectation.CanJudge(running) || minutes < LeastMinutes)
            return;
        var band = expectation.BandAt(running, Deviations.RareOfMany, (now - hour).TotalHours);
        var observed = hours.Views[running];
        if (band.Holds(observed))
            return;
        var start = hour.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        found.Add(
            new AnomalyRow(
                "hour",
                "",
                "",
                start,
                observed,
                Rounded(band.Expected),
                band.Low,
                band.High,
                start,
                AnomalySentences.OfHour(hour + Seoul.Offset, minutes, observed, band)
            ),
            band.Distance(observed)
        );
    }

    /// <summary>The latest days first, as many as can be counted.</summary>
    private async Task FindBursts(
        (DateOnly From, DateOnly To) days,
        DateOnly today,
        string? content,
        Found found,
        CancellationToken cancel
    )
    {
        var left = MostRawViews;
        var byDay = new SortedDictionary<DateOnly, IReadOnlyList<Burst>>();
        // The day before the first tells whether what is found on that one is new.
        for (
            var day = days.To < today ? days.To : today.AddDays(-1);
            day >= days.From.AddDays(-1);
            day = day.AddDays(-1)
        )
        {
            left -= await bursts.Count(day, cancel);
            if (left < 0 && byDay.Count > 0)
            {
                found.Note(
                    $"Bursts were looked for from {day.AddDays(1):yyyy-MM-dd} on: ask for the days before alone."
                );
                break;
            }

            byDay.Add(day, await bursts.Find(day, content, cancel));
        }

        var since = new Dictionary<(bool, string, string), (DateOnly Last, DateOnly Since)>();
        foreach (var (day, all) in byDay)
        foreach (var burst in all)
        {
            var key = (burst.IsMember, burst.Content, burst.Source);
            var begin = since.TryGetValue(key, out var b) && b.Last == day.AddDays(-1) ? b.Since : day;
            since[key] = (day, begin);
            if (day >= days.From)
                found.Add(OfBurst(burst, day, begin), burst.Band.Distance(burst.Observed));
        }
    }

    private async IAsyncEnumerable<(string Id, DailyViews Series)> Whole(
        DateOnly from,
        DateOnly to,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
    )
    {
        if (await reads.Whole(from, to, cancel) is { } series)
            yield return ("", series);
    }

    private static AnomalyRow OfDay(string what, string id, DateOnly first, Deviation found)
    {
        var (day, since) = (first.AddDays(found.At), first.AddDays(found.Since));
        return new AnomalyRow(
            what,
            id,
            "",
            Text(day),
            found.Observed,
            Rounded(found.Band.Expected),
            found.Band.Low,
            found.Band.High,
            Text(since),
            AnomalySentences.OfDay(what, id, day, found, since)
        );
    }

    private static AnomalyRow OfBurst(Burst burst, DateOnly day, DateOnly since) =>
        new(
            burst.IsMember ? "member_burst" : "ad_burst",
            burst.Content,
            burst.Source,
            Text(day),
            burst.Observed,
            Rounded(burst.Band.Expected),
            burst.Band.Low,
            burst.Band.High,
            Text(since),
            AnomalySentences.OfBurst(burst, day)
        );

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static decimal Rounded(double expected) => Math.Round((decimal)expected, 1);

    /// <summary>Gathers an answer.</summary>
    private sealed class Found
    {
        private readonly List<(AnomalyRow Row, double Distance)> _rows = [];
        private readonly List<FalseAlarmRate> _rates = [];
        private readonly List<string> _notes = [];

        public void Add(AnomalyRow row, double distance) => _rows.Add((row, distance));

        public void Note(FormattableString note) => _notes.Add(note.ToString(CultureInfo.InvariantCulture));

        public void Add(string what, Judged judged)
        {
            var rate = judged.Counts == 0 ? (decimal?)null : Math.Round((decimal)judged.Outside / judged.Counts, 7);
            _rates.Add(new FalseAlarmRate(what, judged.Counts, judged.Outside, rate));
        }

        public FoundAnomalies Sorted() =>
            new(
                [
                    .. _rows
                        .OrderBy(f => f.Row.Start, StringComparer.Ordinal)
                        .ThenBy(f => f.Row.What, StringComparer.Ordinal)
                        .ThenBy(f => f.Row.Id, StringComparer.Ordinal)
                        .ThenBy(f => f.Row.SourceId, StringComparer.Ordinal),
                ],
                _rates,
                [.. _rates.Select(AnomalySentences.OfRate), .. _notes]
            );
    }
}
