using EventSettlement.Faults.Load;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Injection.Outside;

/// <summary>Settlements have failed in doubt, and are retried at the moment when the resolver asks for them.</summary>
internal sealed class RetriedInDoubt : Fault
{
    private const string FailedSql = "SELECT settlement_id::text FROM settlement WHERE state = 'FAILED' LIMIT 60";

    public override string Name => "retried-in-doubt";

    public override bool TroublesServers => false;

    public override string Expectation =>
        "credited without an answer, failed, then asked for by resolver and retry at once: told and posted once";

    public override string[] Alerts => ["downstream_stopped"];

    public override string Touches => "member";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        await scene.World.Sandbox.Misbehave("\"muteMs\":14000,\"lookups\":true");
        await Last(14);
        await scene.World.Sandbox.Misbehave("\"latencyMs\":700");
        for (var round = 0; round < 16; round++)
        {
            var failed = await scene.Read(FailedSql, r => r.GetString(0));
            await Task.WhenAll(failed.Select(id => scene.Desk.Ask($"v1/settlements/{id}/retry", new { })));
            await scene.ResumeWhereStopped();
            await Last(0.4);
        }

        await scene.World.Sandbox.Misbehave("");
        return true;
    }
}
