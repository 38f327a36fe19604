using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Injection.Processes;

/// <summary>A real SIGKILL at a named moment of the product, at its first or a later hit.</summary>
internal sealed class Crash(CrashPoint point, int hit) : Fault
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>What is brought about may wait for the product's next look at its blocks.</summary>
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(60);

    public override string Name => $"{point.Name}{(hit == 1 ? "" : "-later")}";

    public override string Expectation => $"killed {point.Moment}, at hit {hit}: nothing lost, doubled or stuck";

    public override string CrashAt => $"{point.Name}:{hit}";

    public override string? Cron => point.Cron;

    public override bool Suits(string log) => point.OnlyLog is null || point.OnlyLog == log;

    public override string Touches => "servers";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        if (point.BroughtBy is not { } bring)
            return await Waiting.Until(Patience, () => IsKilled(scene)) is not null;
        var isKilled = await Waiting.Until(
            LongPatience,
            async () => IsKilled(scene) || await bring(scene) && IsKilled(scene)
        );
        if (await Waiting.Until(LongPatience, () => bring(scene)) is null)
            scene.World.Surprises.Enqueue($"after {Name} it could not be done to its end");
        return isKilled is not null;
    }

    private static bool IsKilled(Scene scene) => scene.World.Members.Any(member => member.CrashedAsTold);
}
