using EventSettlement.Faults.Injection;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Running;

/// <summary>Seeds to plans: consecutive seeds walk through the list and see every fault on every log.</summary>
internal static class PlanMaker
{
    private const int Every = 10;

    public static Plan Make(int seed, Options options)
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
            Seed = seed, Log = log, Faults = names,
            At = [.. faults.Select(_ => 0.8 + 3.2 * random.NextDouble())],
            Processes = faults.Max(f => f.Processes), Proxies = faults.Any(f => f.NeedsProxies),
            SmallDisk = faults.Any(f => f.NeedsSmallDisk), FakeServerClock = faults.Any(f => f.FakesServerClock),
            CrashAt = faults.Select(f => f.CrashAt).FirstOrDefault(c => c is not null),
            ClockOffSeconds = faults.Sum(f => f.ClockOffSeconds),
            Cron = faults.Select(f => f.Cron).FirstOrDefault(c => c is not null) ?? Plan.Never,
        };
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
        return [.. all.Where(f => f.Touches.Length > 0).GroupBy(f => f.Touches).Take(random.Next(2, 5))
            .Select(g => g.First().Name)];
    }
}
