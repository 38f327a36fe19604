using EventSettlement.Faults.Load;

namespace EventSettlement.Faults.Injection.Clocks;

/// <summary>The database's clock jumps an hour ahead and stays there.</summary>
internal sealed class ClockJump : Fault
{
    private const string Jump = """
        CREATE OR REPLACE FUNCTION clock() RETURNS timestamptz LANGUAGE sql VOLATILE
        AS 'SELECT clock_timestamp() + interval ''1 hour'''
        """;

    public override string Name => "clock-jump";

    public override string Expectation =>
        "the database's clock jumps an hour ahead: timers pause for a minute, "
        + "an alert is raised, then they go on, and no attempt comes early";

    public override double RecoveryBound => 100;

    public override string[] Alerts => ["clock_jumped"];

    public override string[] Demands => Alerts;

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        await Last(1);
        await scene.Execute(Jump);
        return true;
    }
}
