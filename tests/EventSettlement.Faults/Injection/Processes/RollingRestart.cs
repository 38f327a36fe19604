using EventSettlement.Faults.Load;

namespace EventSettlement.Faults.Injection.Processes;

/// <summary>One server after the other is stopped in order and started again.</summary>
internal sealed class RollingRestart : Fault
{
    public override string Name => "rolling-restart";

    public override string Expectation => "servers stopped in order and started again, one by one: each drains in 30 s";

    public override string Touches => "servers";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        foreach (var member in scene.World.Members)
        {
            member.IsHandled = true;
            if (await member.Stop() is { } disorder)
                scene.World.Surprises.Enqueue(disorder);
            member.Kill();
            member.Start();
            member.IsHandled = false;
            await scene.World.WaitForAll(TimeSpan.FromSeconds(60));
        }

        return true;
    }
}
