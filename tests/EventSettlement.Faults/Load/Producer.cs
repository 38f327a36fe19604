using System.Collections.Concurrent;
using System.Globalization;
using EventSettlement.Faults.Running.Asked;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Load;

/// <summary>
/// Sends facts at a steady pace over HTTP and does not give up: the same request with the same key again, at whichever
/// server answers.
/// </summary>
internal sealed class Producer(Installation world, Operator desk, FactJournal journal)
{
    private const int FactsACall = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly FactMaker _facts = new(world.Plan.Seed);
    private readonly SemaphoreSlim _flying = new(16);
    private int _batch;

    /// <summary>No further facts are sent while it holds.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Requests that were answered 202, for those who ask again.</summary>
    public ConcurrentBag<(string Key, string Body, string Answer)> Taken { get; } = [];

    public async Task Run(TimeSpan length)
    {
        var pause = TimeSpan.FromSeconds((double)FactsACall / world.Plan.FactsPerSecond);
        using var tick = new PeriodicTimer(pause);
        var sending = new List<Task>();
        for (var left = (int)(length / pause); left > 0; left--)
        {
            while (IsPaused)
                await tick.WaitForNextTickAsync();
            await _flying.WaitAsync();
            sending.Add(Send([.. Enumerable.Range(0, FactsACall).Select(_ => _facts.Next().Body)]));
            await tick.WaitForNextTickAsync();
        }

        await Task.WhenAll(sending);
    }

    private async Task Send(string[] bodies)
    {
        var batch = Interlocked.Increment(ref _batch);
        var body = string.Join('\n', bodies);
        var key = KeyOf(batch, 0);
        try
        {
            journal.Sent(batch, key, "http", bodies);
            var tries = 0;
            var sent = await Waiting.Until(
                Patience,
                async () =>
                {
                    var (status, answer) = await desk.Post(
                        "v1/events/study-completed",
                        body,
                        key,
                        "application/x-ndjson"
                    );
                    if (status is 202)
                        Taken.Add((key, body, answer));
                    if (status is not (0 or 202 or >= 500))
                    {
                        journal.Answer(batch, key, status, answer, 0);
                        // What a dead server began is not repeated under its key for a minute; facts may come twice.
                        key = KeyOf(batch, ++tries);
                        await Task.Delay(200);
                    }

                    if (status is 202)
                        journal.Answer(batch, key, status, answer, bodies.Length);
                    return status is 202;
                }
            );
            if (sent is null)
                world.Surprises.Enqueue($"facts of batch {batch} were not taken in {Patience.TotalSeconds} s");
        }
        finally
        {
            _flying.Release();
        }
    }

    private string KeyOf(int batch, int tries) =>
        string.Create(CultureInfo.InvariantCulture, $"facts-{world.Plan.Seed}-{batch}-{tries}");
}
