using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Injection;

/// <summary>All of PostgreSQL's processes at once, under load.</summary>
internal sealed class PostgresKill : Fault
{
    public override string Name => "postgres-kill";

    public override string Expectation => "PostgreSQL killed and started again: the servers stay up and go on";

    public override double RecoveryBound => 15;

    public override async Task<bool> Inject(Installation world, Random random)
    {
        world.Postgres.Kill();
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(200, 3000)));
        await world.Postgres.Start();
        return true;
    }
}
