using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Injection.Processes;

/// <summary>
/// A server stands still at a named moment of the product, and goes on there when another has taken over.
/// </summary>
internal sealed class FreezeAt(CrashPoint point) : Fault
{
    private const int Seconds = 9;
    private const int LatestHit = 9;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public override string Name => "freeze-at-" + point.Name;

    public override string Expectation =>
        $"frozen {point.Moment} while another takes over, then going on there: fenced, and nothing is changed or sent";

    public override string CrashAt => $"{point.Name}:{Math.Min(point.Later, LatestHit)}:stop";

    public override string Touches => "servers";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        var victim = scene.World.Members[0];
        if (await Waiting.Until(Patience, () => victim.FrozeAsTold) is null)
        {
            // Nobody would thaw one that stopped later: it starts anew and knows of no such moment.
            victim.Kill();
            return false;
        }

        await Last(Seconds);
        victim.Thaw();
        return true;
    }
}
