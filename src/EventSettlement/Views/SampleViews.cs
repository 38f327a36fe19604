using System.Globalization;
using System.Text;

namespace EventSettlement.Views;

/// <summary>
/// View logs as they come: contents by Zipf's law with exponent 1, every third view with an ad, one in a hundred sent
/// twice. The same numbers make the same views.
/// </summary>
/// <param name="First">Day of the first view, Seoul.</param>
/// <param name="Days">Over which views are spread, the same number a day.</param>
internal sealed record SampleViews(int Views, int Contents, int Ads, int Seed, DateOnly First, int Days)
{
    private const int OneIn = 100;

    /// <returns>The id of the content, and the body; a copy follows the view it repeats.</returns>
    public IEnumerable<(string Content, byte[] Body)> Make()
    {
        var random = new Random(Seed);
        var shares = Shares();
        var contents = Enumerable.Range(0, Contents).Select(i => string.Create(null, $"C-{i:D5}")).ToArray();
        for (var i = 0; i < Views; i++)
        {
            var content = contents[Math.Min(Contents - 1, Math.Abs(~Array.BinarySearch(shares, random.NextDouble())))];
            var body = Body(random, content, i);
            yield return (content, body);
            if (i % OneIn == 0 && ++i < Views)
                yield return (content, body);
        }
    }

    private byte[] Body(Random random, string content, int number)
    {
        var day = First.AddDays((int)((long)number * Days / Views));
        var second = random.Next(86_400);
        var ad = random.Next(3) == 0 ? string.Create(null, $"\"A-{random.Next(Ads):D3}\"") : "null";
        return Encoding.UTF8.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"viewId\":\"V-{Seed}-{number}\",\"memberId\":\"M-{random.Next(1_000_000)}\","
                    + $"\"contentId\":\"{content}\",\"watchedSeconds\":{random.Next(3600)},\"completed\":true,"
                    + $"\"adId\":{ad},\"viewedAt\":\"{day:yyyy-MM-dd}T{second / 3600:D2}:{second / 60 % 60:D2}:"
                    + $"{second % 60:D2}+09:00\"}}"
            )
        );
    }

    /// <summary>Cumulative, ending with 1.</summary>
    private double[] Shares()
    {
        var shares = new double[Contents];
        var sum = 0.0;
        for (var i = 0; i < Contents; i++)
            shares[i] = sum += 1.0 / (i + 1);
        for (var i = 0; i < Contents; i++)
            shares[i] /= sum;
        return shares;
    }
}
