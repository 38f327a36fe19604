using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Injection.Processes;

/// <summary>PostgreSQL's tables cannot grow for some seconds (53100).</summary>
internal sealed class DiskFull : Fault
{
    public override string Name => "disk-full";

    public override string Expectation => "PostgreSQL has no room left for some seconds: waited for, not lost";

    public override string? Missing => SmallDisk.Missing;

    public override bool NeedsSmallDisk => true;

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        await scene.World.Disk!.Fill(TimeSpan.FromSeconds(5));
        return true;
    }
}
