using EventSettlement.Faults.Load;

namespace EventSettlement.Faults.Injection;

/// <summary>The harness alone: a run in which nothing goes wrong must be clean too.</summary>
internal sealed class Nothing : Fault
{
    public override string Name => "none";

    public override bool TroublesServers => false;

    public override string Expectation => "no fault: everything is paid";

    public override Task<bool> Inject(Scene scene, Random random) => Task.FromResult(true);
}
