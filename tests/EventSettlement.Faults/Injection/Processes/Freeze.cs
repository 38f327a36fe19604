using EventSettlement.Faults.Load;

namespace EventSettlement.Faults.Injection.Processes;

/// <summary>A server stands still while another takes its partitions over, and comes back as a zombie.</summary>
internal sealed class Freeze(int seconds) : Fault
{
    public override string Name => $"freeze-{seconds}";

    public override string Expectation =>
        $"a server frozen for {seconds} s while another takes over: the zombie is fenced and changes nothing";

    public override string Touches => "servers";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        var victim = scene.World.Members[random.Next(scene.World.Members.Count)];
        victim.Freeze();
        await Last(seconds);
        victim.Thaw();
        return true;
    }
}
