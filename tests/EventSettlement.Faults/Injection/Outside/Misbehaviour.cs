using EventSettlement.Faults.Load;

namespace EventSettlement.Faults.Injection;

/// <summary>The member service breaks its contract in one way for some seconds.</summary>
internal sealed class Misbehaviour(string name, string switches, double seconds, string expectation) : Fault
{
    public override string Name => "member-" + name;

    public override string Expectation => expectation;

    /// <summary>The breaker may open and the downstream may be stopped by what its answers say.</summary>
    public override string[] Alerts => ["downstream_stopped"];

    public override string Touches => "member";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        await scene.World.Sandbox.Misbehave(switches);
        await Last(seconds);
        await scene.World.Sandbox.Misbehave("");
        await Resume(scene);
        return true;
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
