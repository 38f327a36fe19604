using EventSettlement.Faults.Injection;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Running;

/// <summary>Seeds to plans: consecutive seeds walk through the list and see every fault on every log.</summary>
internal static class PlanMaker
{
    public static Plan Make(int seed, Options options)
    {
        var log = options.Log ?? (KafkaServer.Home is not null && seed % 2 == 0 ? "kafka" : "postgres");
        var names = options.Only is { } only
            ? only.Split('+')
            : Choose(seed, log);
        return Of(seed, log, names);
    }

    public static Plan Of(int seed, string log, string[] names)
    {
        var random = new Random(seed);
        var faults = names.Select(FaultList.Find).ToArray();
        return new Plan
        {
            Seed = seed, Log = log, Faults = names,
            At = [.. faults.Select(_ => 0.3 + 3 * random.NextDouble())],
            Processes = faults.Max(f => f.Processes), Proxies = faults.Any(f => f.NeedsProxies),
            CrashAt = faults.Select(f => f.CrashAt).FirstOrDefault(c => c is not null),
            Cron = faults.Select(f => f.Cron).FirstOrDefault(c => c is not null) ?? Plan.Never,
        };
    }

    private static string[] Choose(int seed, string log)
    {
        var all = FaultList.All.Where(f => f.Suits(log) && f.Missing is null).Select(f => f.Name).ToArray();
        return [all[(seed / 2) % all.Length]];
    }
}
