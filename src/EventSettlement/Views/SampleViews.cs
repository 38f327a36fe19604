using System.Globalization;
using System.Text;

namespace EventSettlement.Views;

/// <summary>
/// View logs as they come, in the order of their time: contents by Zipf's law with exponent 1, few views at night and
/// many in the evening, every third with an ad, one in a hundred sent twice, one in two hundred hours late. The same
/// numbers make the same views.
/// </summary>
/// <param name="Views">Lines, those that are sent twice counted twice.</param>
/// <param name="First">Day of the first view, Seoul.</param>
/// <param name="Days">Over which views are spread, the same number a day.</param>
internal sealed record SampleViews(int Views, int Contents, int Ads, int Seed, DateOnly First, int Days)
{
    private const int OneInTwice = 100;
    private const int OneInLate = 200;
    private const int HoursLate = 2;

    // Of a day's views, by the hour.
    private static readonly int[] Curve =
    [
        40,
        25,
        15,
        10,
        10,
        12,
        20,
        35,
        45,
        45,
        45,
        50,
        60,
        55,
        50,
        50,
        50,
        55,
        65,
        80,
        95,
        100,
        90,
        65,
    ];

    public int Members { get; init; } = 1_000_000;

    /// <returns>The id of the content, and the body; a copy follows the view it repeats.</returns>
    public IEnumerable<(string Content, byte[] Body)> Make()
    {
        var random = new Random(Seed);
        var (shares, hours) = (Shares(Contents, i => 1.0 / (i + 1)), Shares(Curve.Length, i => Curve[i]));
        var contents = Enumerable.Range(0, Contents).Select(i => string.Create(null, $"C-{i:D5}")).ToArray();
        var late = new Queue<(long Due, string Content, byte[] Body)>();
        var delay = (long)Views * HoursLate / 24 / Days;
        for (var i = 0; i < Views; i++)
        {
            while (late.TryPeek(out var held) && held.Due <= i)
                yield return (late.Dequeue().Content, held.Body);
            var content = contents[Place(shares, random.NextDouble())];
            var body = Body(random, content, i, TimeOf(i, hours));
            if (random.Next(OneInLate) == 0)
                late.Enqueue((i + delay, content, body));
            else
                yield return (content, body);
            if (i % OneInTwice == 0 && ++i < Views)
                yield return (content, body);
        }

        foreach (var held in late)
            yield return (held.Content, held.Body);
    }

    private DateTime TimeOf(int number, double[] hours)
    {
        var (day, within) = Math.DivRem((long)number * Days, Views);
        var share = (double)within / Views;
        var hour = Place(hours, share);
        var before = hour == 0 ? 0 : hours[hour - 1];
        var second = (int)(3600 * (hour + ((share - before) / (hours[hour] - before))));
        return First.AddDays((int)day).ToDateTime(TimeOnly.MinValue).AddSeconds(Math.Min(second, 86_399));
    }

    private byte[] Body(Random random, string content, int number, DateTime at)
    {
        var ad = random.Next(3) == 0 ? string.Create(null, $"\"A-{random.Next(Ads):D3}\"") : "null";
        return Encoding.UTF8.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"viewId\":\"V-{Seed}-{number}\",\"memberId\":\"M-{random.Next(Members)}\","
                    + $"\"contentId\":\"{content}\",\"watchedSeconds\":{random.Next(3600)},\"completed\":true,"
                    + $"\"adId\":{ad},\"viewedAt\":\"{at:yyyy-MM-dd'T'HH:mm:ss}+09:00\"}}"
            )
        );
    }

    private static int Place(double[] shares, double at) =>
        Math.Min(shares.Length - 1, Math.Abs(~Array.BinarySearch(shares, at)));

    /// <summary>Cumulative, ending with 1.</summary>
    private static double[] Shares(int count, Func<int, double> weight)
    {
        var shares = new double[count];
        var sum = 0.0;
        for (var i = 0; i < count; i++)
            shares[i] = sum += weight(i);
        for (var i = 0; i < count; i++)
            shares[i] /= sum;
        return shares;
    }
}
