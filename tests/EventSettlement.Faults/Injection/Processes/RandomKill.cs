using EventSettlement.Faults.Load;

namespace EventSettlement.Faults.Injection.Processes;

/// <summary>kill -9 of some servers at no particular moment, several times over.</summary>
internal sealed class RandomKill(int processes) : Fault
{
    public override string Name => $"kill-{processes}";

    public override string Expectation => $"{processes} servers killed three times: nothing lost, doubled or stuck";

    public override int Processes => 3;

    public override string Touches => "servers";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        for (var round = 0; round < 3; round++)
        {
            var victims = scene.World.Members.OrderBy(_ => random.Next()).Take(processes).ToList();
            victims.ForEach(m => m.Kill());
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1500, 4000)));
        }

        return true;
    }
}
