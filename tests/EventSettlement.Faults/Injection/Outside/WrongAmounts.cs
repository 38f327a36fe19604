using EventSettlement.Faults.Load;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Injection.Outside;

/// <summary>An answer echoes another amount: no machine can decide, a person is called.</summary>
internal sealed class WrongAmounts : Fault
{
    public override string Name => "member-wrong-amounts";

    public override bool TroublesServers => false;

    public override string Expectation => "another amount is echoed: in doubt, for a person, with an alert";

    public override string[] Alerts => ["amount_mismatch"];

    public override string[] Demands => Alerts;

    public override string Touches => "member";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        var before = scene.World.Calls.Requests;
        await scene.World.Sandbox.Misbehave("\"wrongAmount\":0.3");
        await Last(4);
        await scene.World.Sandbox.Misbehave("");

        // Of fewer calls it may be that none was met.
        return scene.World.Calls.Requests > before + 20;
    }
}
