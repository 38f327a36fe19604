using System.Globalization;
using System.Text.Json;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Load;

/// <summary>
/// Sends view logs beside the facts and does not give up either. Some views come again, in other batches; some are
/// incomplete. What was sent is written down before, and what was answered after it.
/// </summary>
internal sealed class ViewProducer(Installation world, Operator desk, string folder) : IDisposable
{
    public const string Journal = "views.jsonl";

    private const int ViewsACall = 50;
    private const int Contents = 30;
    private const double Repeats = 0.1;
    private const double Incomplete = 0.05;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly Random _random = new(world.Plan.Seed + 2);
    private readonly List<string> _made = [];
    private readonly StreamWriter _journal = new(Path.Combine(folder, Journal)) { AutoFlush = true };
    private readonly Lock _lock = new();
    private int _batches;

    public async Task Run(TimeSpan length)
    {
        using var tick = new PeriodicTimer(Pause);
        var sending = new List<Task>();
        for (var left = (int)(length / Pause); left > 0; left--)
        {
            sending.Add(Send());
            await tick.WaitForNextTickAsync();
        }

        await Task.WhenAll(sending);
    }

    public void Dispose() => _journal.Dispose();

    /// <summary>One batch, until it is taken. Every third is keyed by member: it comes by other partitions.</summary>
    public async Task Send()
    {
        var (batch, bodies) = Make();
        var path = "v1/events/view-logs" + (batch % 3 == 0 ? "?key=%2FmemberId" : "");
        Write(new { batch, bodies });
        var tries = 0;
        var sent = await Waiting.Until(
            Patience,
            async () =>
            {
                var key = string.Create(CultureInfo.InvariantCulture, $"views-{world.Plan.Seed}-{batch}-{tries}");
                var body = string.Join('\n', bodies);
                var (status, _) = await desk.Post(path, body, key, "application/x-ndjson");
                // What a dead server began is not repeated under its key for a minute; views may come twice.
                if (status is not (0 or 202 or >= 500))
                    tries++;
                if (status is not (0 or 202))
                    await Task.Delay(200);
                return status is 202;
            }
        );
        if (sent is null)
            world.Surprises.Enqueue($"views of batch {batch} were not taken in {Patience.TotalSeconds} s");
        else
            Write(new { batch, status = 202 });
    }

    private (int Batch, string[] Bodies) Make()
    {
        lock (_lock)
            return (++_batches, [.. Enumerable.Range(0, ViewsACall).Select(_ => Next())]);
    }

    private string Next()
    {
        if (_made.Count > 100 && _random.NextDouble() < Repeats)
            return _made[_random.Next(_made.Count)];
        // Edges of days are edges of weeks, months and years too.
        var day = DateTimeOffset.UtcNow.AddHours(9).AddDays(-2 - _random.Next(20));
        var time = _random.Next(4) switch
        {
            0 => "00:00:00",
            1 => "23:59:59.999999",
            _ => string.Create(CultureInfo.InvariantCulture, $"{_random.Next(24):D2}:{_random.Next(60):D2}:00"),
        };
        var ad = _random.Next(3) == 0 ? $"\"A-{_random.Next(5)}\"" : "null";
        var body = string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"viewId\":\"V-{_made.Count}\",\"memberId\":\"M-{_random.Next(100)}\","
                + $"\"contentId\":\"C-{(int)(Contents * _random.NextDouble() * _random.NextDouble())}\","
                + $"\"watchedSeconds\":{_random.Next(3600)},"
                + $"\"completed\":{(_random.NextDouble() < Incomplete ? "false" : "true")},"
                + $"\"adId\":{ad},\"viewedAt\":\"{day:yyyy-MM-dd}T{time}+09:00\"}}"
        );
        _made.Add(body);
        return body;
    }

    private void Write<T>(T line)
    {
        var text = JsonSerializer.Serialize(line);
        lock (_lock)
            _journal.WriteLine(text);
    }
}
