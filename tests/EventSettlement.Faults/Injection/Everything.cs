using EventSettlement.Faults.Injection.Processes;
using EventSettlement.Faults.Load;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Injection;

/// <summary>All at once and never healed: safety must hold with nobody left to repair anything.</summary>
internal sealed class Everything : Fault
{
    public override string Name => "everything-unhealed";

    public override string Expectation =>
        "kills, freezes, a misbehaving member service and a killed database at once: "
        + "I1, I2, I5 and I6 hold although the servers end dead and nobody repairs anything";

    public override int Processes => 3;

    public override bool NeedsProxies => true;

    public override bool IsNeverHealed => true;

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        await Last(1);
        await scene.World.Sandbox.Misbehave("\"dropAnswer\":0.3,\"shuffle\":0.5,\"leaveOut\":0.3,\"late\":0.2");
        scene.World.PostgresProxy!.Delay = TimeSpan.FromMilliseconds(5);
        for (var round = 0; round < 5; round++)
        {
            var one = scene.World.Members[random.Next(3)];
            if (random.Next(3) == 0)
                one.Freeze();
            else
                one.Kill();
            if (round == 2)
            {
                scene.World.Postgres.Kill();
                await scene.World.Postgres.Start();
            }

            await Last(1 + random.NextDouble());
            if (one.IsFrozen)
                one.Thaw();
        }

        scene.World.Members.ForEach(m => m.IsHandled = true);
        scene.World.Members.ForEach(m => m.Kill());
        return true;
    }
}
