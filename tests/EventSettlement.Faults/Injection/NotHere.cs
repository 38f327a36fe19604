using EventSettlement.Faults.Load;

namespace EventSettlement.Faults.Injection;

/// <summary>A fault that this harness or machine cannot do: named and counted, never silent.</summary>
internal sealed class NotHere(string name, string expectation, string why) : Fault
{
    public override string Name => name;

    public override string Expectation => expectation;

    public override string? Missing => why;

    public override Task<bool> Inject(Scene scene, Random random) => Task.FromResult(false);
}
