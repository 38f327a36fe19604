using EventSettlement.Faults.Load;

namespace EventSettlement.Faults.Injection.Clocks;

/// <summary>The database's clock and those of the servers are an hour apart all the time.</summary>
internal sealed class WrongClock(int seconds) : Fault
{
    public override string Name => seconds > 0 ? "database-clock-ahead" : "database-clock-behind";

    public override string Expectation =>
        $"the database's clock is {Math.Abs(seconds)} s "
        + (seconds > 0 ? "ahead of" : "behind")
        + " the servers': no timer is early or late by it";

    public override int ClockOffSeconds => seconds;

    public override Task<bool> Inject(Scene scene, Random random) => Task.FromResult(true);
}
