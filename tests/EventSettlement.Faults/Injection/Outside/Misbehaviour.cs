using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Injection.Outside;

/// <summary>The member service breaks its contract in one way for some seconds.</summary>
internal sealed class Misbehaviour(string name, string switches, double seconds, string expectation) : Fault
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public override string Name => "member-" + name;

    public override bool TroublesServers => false;

    public override string Expectation => expectation;

    /// <summary>The breaker may open and the downstream may be stopped by what its answers say.</summary>
    public override string[] Alerts => ["downstream_stopped"];

    /// <summary>What no later call could mend is for a person.</summary>
    public override string[] Demands => name is "401" or "422" ? Alerts : [];

    public override string Touches => "member";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        var before = scene.World.Calls.Requests;
        await scene.World.Sandbox.Misbehave(switches);
        await Last(seconds);
        var met = await Waiting.Until(Patience, () => scene.World.Calls.Requests > before);

        // On a slow machine the calls have only begun: until it had to be told, or time enough for that has passed.
        if (Demands.Length > 0)
            await Waiting.Until(Patience, async () => await scene.Count(Scene.Stopped) > 0);
        await scene.World.Sandbox.Misbehave("");
        await Resume(scene);
        return met is not null;
    }

    /// <summary>Some answers stop the downstream, and a person resumes it.</summary>
    public static async Task Resume(Scene scene)
    {
        for (var tries = 0; tries < 20; tries++)
        {
            await scene.ResumeWhereStopped();
            await Last(0.25);
        }
    }
}
