using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Injection;

/// <summary>A real SIGKILL at a named moment of the product, at its first or a later hit.</summary>
internal sealed class Crash(string point, string moment, int hit, string? onlyLog = null) : Fault
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public override string Name => $"{point}{(hit == 1 ? "" : "-later")}";

    public override string Expectation => $"killed {moment}, at hit {hit}: nothing lost, doubled or stuck";

    public override string CrashAt => $"{point}:{hit}";

    /// <summary>The scheduler's moment needs a schedule that comes now.</summary>
    public override string? Cron => point == "K19" ? "0/3 * * * * ?" : null;

    /// <summary>What one server does for all, as to relay and to plan, another would do first too often.</summary>
    public override int Processes => (point, hit) is ("K07" or "K08" or "K19" or "K20", 1) ? 1 : 2;

    public override bool Suits(string log) => onlyLog is null || onlyLog == log;

    public override string Touches => "servers";

    public override async Task<bool> Inject(Scene scene, Random random) =>
        await Waiting.Until(Patience, () => scene.World.Members[0].CrashedAsTold) is not null;
}
