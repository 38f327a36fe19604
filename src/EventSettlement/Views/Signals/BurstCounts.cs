using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using EventSettlement.Views.Raw;

namespace EventSettlement.Views.Signals;

/// <summary>An improbable share of a content's views of a day that came from one member, or with one ad.</summary>
/// <param name="Source">The member or ad.</param>
/// <param name="Observed">Views of the content by the member, or with the ad.</param>
/// <param name="Of">All its views, or all with an ad.</param>
internal sealed record Burst(bool IsMember, string Content, string Source, long Observed, long Of, Band Band);

/// <summary>
/// Counts the views of one day by content and member, and by content and ad, and finds those that chance does not
/// explain. Pure. A pair costs some 20 bytes until it has so many views that it may be a burst.
/// </summary>
internal sealed class BurstCounts
{
    /// <summary>One in so many of a content's views at the most, else nobody is hurt.</summary>
    private const int OneInShare = 10;

    /// <summary>Pairs that must be there to tell what is ordinary.</summary>
    private const int LeastPairs = 100;

    /// <summary>Of all pairs of a day one is beyond the band by chance once in so many days.</summary>
    private const double DaysAPair = 1000;

    /// <summary>Once in a hundred million.</summary>
    private const double RareOfPairs = 5.6;

    // Whoever watches something once must be thought able to watch it again.
    private const double LeastAgain = 0.05;

    private readonly Pairs _members = new();
    private readonly Pairs _ads = new();
    private readonly Dictionary<string, (long Views, long AdViews)> _contents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _ofAds = new(StringComparer.Ordinal);
    private long _adViews;

    public void Add(in RawView view)
    {
        ref var content = ref CollectionsMarshal.GetValueRefOrAddDefault(_contents, view.Content, out _);
        content = (content.Views + 1, content.AdViews + (view.Ad is null ? 0 : 1));
        if (view.Member is { } member)
            _members.Add(view.Content, member);
        if (view.Ad is not { } ad)
            return;
        _adViews++;
        CollectionsMarshal.GetValueRefOrAddDefault(_ofAds, ad, out _)++;
        _ads.Add(view.Content, ad);
    }

    /// <summary>In the order of contents and sources.</summary>
    public IReadOnlyList<Burst> Find() =>
        [
            .. Members()
                .Concat(Ads())
                .OrderBy(b => b.Content, StringComparer.Ordinal)
                .ThenByDescending(b => b.IsMember)
                .ThenBy(b => b.Source, StringComparer.Ordinal),
        ];

    /// <summary>
    /// Who watches a content watches it again with the chance that the day's ordinary members had: counts fall by the
    /// same factor from one to the next.
    /// </summary>
    private IEnumerable<Burst> Members()
    {
        var (pairs, views) = _members.Ordinary;
        if (pairs < LeastPairs)
            yield break;
        var mean = (double)views / pairs;
        var again = Math.Max(LeastAgain, 1 - (1 / mean));
        var high = (long)Math.Ceiling(1 + (Math.Log(1 / (DaysAPair * _members.Count)) / Math.Log(again)));
        var band = new Band(mean, 0, Math.Max(Band.LeastDifference, high));
        foreach (var (content, member, observed) in _members.Many())
            if (IsBurst(observed, _contents[content].Views, band))
                yield return new Burst(true, content, member, observed, _contents[content].Views, band);
    }

    /// <summary>An ad is expected with a content as often as with all the others, by their views with an ad.</summary>
    private IEnumerable<Burst> Ads()
    {
        var many = _ads.Many()
            .Select(pair => (Pair: pair, Expected: ExpectedOf(pair)))
            .Where(found => found.Expected is not null)
            .Select(found => (found.Pair, Expected: found.Expected!.Value))
            .ToList();
        if (many.Count == 0)
            yield break;
        // Where ads are aimed at contents, most pairs are far from chance: the typical one says how far is ordinary.
        var sizes = many.Select(m => Math.Pow(m.Pair.Observed - m.Expected, 2) / m.Expected).Order().ToList();
        var dispersion = many.Count < LeastPairs ? 1 : Math.Max(1, sizes[sizes.Count / 2] / MedianOfSquares);
        foreach (var ((content, ad, observed), expected) in many)
        {
            var high = (long)Expectation.Quantile(expected, expected * dispersion, RareOfPairs);
            var band = new Band(expected, 0, Math.Max(Band.LeastDifference, high));
            if (IsBurst(observed, _contents[content].AdViews, band))
                yield return new Burst(false, content, ad, observed, _contents[content].AdViews, band);
        }
    }

    /// <summary>Of the square of a normal deviation.</summary>
    private const double MedianOfSquares = 0.4549;

    private double? ExpectedOf((string Content, string Source, long Observed) pair)
    {
        var here = _contents[pair.Content].AdViews;
        var elsewhere = _adViews - here;
        return elsewhere < LeastPairs
            ? null
            : Math.Max(0.5, (double)here * (_ofAds[pair.Source] - pair.Observed) / elsewhere);
    }

    private static bool IsBurst(long observed, long of, Band band) =>
        observed > band.High && observed * OneInShare >= of;

    /// <summary>How often each of two things came together.</summary>
    private sealed class Pairs
    {
        private readonly Dictionary<ulong, int> _counts = [];
        private readonly Dictionary<ulong, (string Content, string Source)> _names = [];

        public int Count => _counts.Count;

        /// <summary>Those that are too few to be a burst, and their views.</summary>
        public (long Pairs, long Views) Ordinary
        {
            get
            {
                var (pairs, views) = (0L, 0L);
                foreach (var count in _counts.Values)
                    if (count <= Band.LeastDifference)
                        (pairs, views) = (pairs + 1, views + count);
                return (pairs, views);
            }
        }

        public void Add(string content, string source)
        {
            var key = Key(content, source);
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out _);
            if (++count == Band.LeastDifference + 1)
                _names[key] = (content, source);
        }

        public IEnumerable<(string Content, string Source, long Observed)> Many() =>
            _names.Select(name => (name.Value.Content, name.Value.Source, (long)_counts[name.Key]));

        /// <summary>64 bits: of a million pairs two are taken for one once in some 30 million days.</summary>
        private static ulong Key(string content, string source)
        {
            Span<byte> whole = stackalloc byte[520];
            var length = Encoding.UTF8.GetBytes(content, whole);
            whole[length] = 0;
            length += 1 + Encoding.UTF8.GetBytes(source, whole[(length + 1)..]);
            return XxHash3.HashToUInt64(whole[..length]);
        }
    }
}
