using EventSettlement.Faults.Injection;
using EventSettlement.Faults.World;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Running.Asked;

/// <summary>Seeds to plans: consecutive seeds walk through the list and see every fault on every log.</summary>
internal static class PlanMaker
{
    private const int Every = 10;

    /// <summary>None where a fault that was asked for by name cannot be had here: the summary says why.</summary>
    public static Plan[] All(Options options)
    {
        if (options.Replay is { } kept)
            return [Again(kept)];
        var isMissing = options.Faults.Any(f => f.Missing is not null);
        return isMissing ? [] : [.. Enumerable.Range(options.FromSeed, options.Runs).Select(s => Make(s, options))];
    }

    /// <summary>Whether this run would be Kafka's if it were here.</summary>
    public static bool LacksKafka(int seed, Options options) =>
        KafkaServer.Home is null
        && options.Log is null
        && options.Replay is null
        && seed % 2 == 0
        && options.Faults.All(f => f.Suits("kafka"));

    private static Plan Make(int seed, Options options)
    {
        var log = options.Log ?? (KafkaServer.Home is not null && seed % 2 == 0 ? "kafka" : "postgres");
        var names = options.Only?.Split('+') ?? Choose(seed, log);
        if (options.Log is null && !names.All(n => FaultList.Find(n).Suits(log)))
            log = log == "kafka" ? "postgres" : "kafka";
        return Of(seed, log, names);
    }

    public static Plan Of(int seed, string log, string[] names)
    {
        var random = new Random(seed);
        var faults = names.Select(FaultList.Find).ToArray();
        return new Plan
        {
            Seed = seed,
            Log = log,
            Faults = names,
            At = [.. faults.Select(_ => 0.8 + 3.2 * random.NextDouble())],
            Processes = faults.Max(f => f.Processes),
            Proxies = faults.Any(f => f.NeedsProxies),
            SmallDisk = faults.Any(f => f.NeedsSmallDisk),
            FakeServerClock = faults.Any(f => f.FakesServerClock),
            CrashAt = faults.Select(f => f.CrashAt).FirstOrDefault(c => c is not null),
            ClockOffSeconds = faults.Sum(f => f.ClockOffSeconds),
            Cron = faults.Select(f => f.Cron).FirstOrDefault(c => c is not null) ?? Plan.Never,
        };
    }

    private static Plan Again(string kept)
    {
        var plan = Plan.Read(kept);
        var missing =
            plan.Faults.Select(f => FaultList.Find(f).Missing).FirstOrDefault(m => m is not null)
            ?? (plan.Log == "kafka" && KafkaServer.Home is null ? KafkaServer.Missing : null);
        return missing is null ? plan : throw new ArgumentException($"{kept} cannot be had again here: {missing}");
    }

    /// <summary>Every tenth plan combines two to four, each of which touches something else.</summary>
    private static string[] Choose(int seed, string log)
    {
        var all = FaultList.All.Where(f => f.Suits(log) && f.Missing is null).ToArray();
        var (turn, combined) = (seed / 2, seed / 2 / Every);
        if (turn % Every != Every - 1)
            return [all[(turn - combined) % all.Length].Name];
        var random = new Random(seed);
        random.Shuffle(all);
        return
        [
            .. all.Where(f => f.Touches.Length > 0)
                .GroupBy(f => f.Touches)
                .Take(random.Next(2, 5))
                .Select(g => g.First().Name),
        ];
    }
}
