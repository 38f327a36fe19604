using EventSettlement.Faults.Injection.Processes;
using EventSettlement.Faults.Load;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Injection.Outside;

/// <summary>The member service is killed and started again, or stands still.</summary>
internal sealed class MemberDown(bool killed) : Fault
{
    public override string Name => killed ? "member-kill" : "member-freeze";

    public override bool TroublesServers => false;

    public override string Expectation =>
        "the member service is "
        + (killed ? "killed and started again" : "frozen")
        + ": items fail or stand in doubt, and are asked for";

    public override string Touches => "member";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        if (killed)
            scene.World.Sandbox.Kill();
        else
            scene.World.Sandbox.Freeze();
        await Last(1 + 4 * random.NextDouble());
        if (killed)
            await scene.World.Sandbox.Start();
        else
            scene.World.Sandbox.Thaw();
        return true;
    }
}
