using EventSettlement.Faults.Load;

namespace EventSettlement.Faults.Injection.Processes;

/// <summary>All of PostgreSQL's processes at once, under load.</summary>
internal sealed class PostgresKill : Fault
{
    public override string Name => "postgres-kill";

    public override string Expectation => "PostgreSQL killed and started again: the servers stay up and go on";

    public override double RecoveryBound => 15;

    public override string Touches => "postgres";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        scene.World.Postgres.Kill();
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(200, 3000)));
        await scene.World.Postgres.Start();
        return true;
    }
}
