using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Injection.Processes;

/// <summary>A real SIGKILL at a named moment of the product, at its first or a later hit.</summary>
internal sealed class Crash(CrashPoint point, int hit) : Fault
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public override string Name => $"{point.Name}{(hit == 1 ? "" : "-later")}";

    public override string Expectation => $"killed {point.Moment}, at hit {hit}: nothing lost, doubled or stuck";

    public override string CrashAt => $"{point.Name}:{hit}";

    public override string? Cron => point.Cron;

    public override bool Suits(string log) => point.OnlyLog is null || point.OnlyLog == log;

    public override string Touches => "servers";

    public override async Task<bool> Inject(Scene scene, Random random) =>
        await Waiting.Until(Patience, () => scene.World.Members.Any(member => member.CrashedAsTold)) is not null;
}
