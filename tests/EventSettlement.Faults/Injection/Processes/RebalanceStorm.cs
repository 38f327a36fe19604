using EventSettlement.Faults.Load;

namespace EventSettlement.Faults.Injection.Processes;

/// <summary>Members come and go faster than a group settles.</summary>
internal sealed class RebalanceStorm : Fault
{
    public override string Name => "rebalance-storm";

    public override string Expectation => "a server leaves and comes back again and again: partitions always find one";

    public override int Processes => 3;

    public override string Touches => "servers";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        for (var round = 0; round < 4; round++)
        {
            var one = scene.World.Members[random.Next(3)];
            one.IsHandled = true;
            if (random.Next(2) == 0 && await one.Stop() is { } disorder)
                scene.World.Surprises.Enqueue(disorder);
            one.Kill();
            one.Start();
            one.IsHandled = false;
            await Last(0.5 + 2 * random.NextDouble());
        }

        return true;
    }
}
