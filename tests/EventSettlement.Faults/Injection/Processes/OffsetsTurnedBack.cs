using EventSettlement.Faults.Load;

namespace EventSettlement.Faults.Injection.Processes;

/// <summary>Every group reads everything again from the beginning.</summary>
internal sealed class OffsetsTurnedBack : Fault
{
    private const string TurnBack = """
        UPDATE consumer_offset SET next_offset = 0, last_crc = NULL, last_time = NULL, epoch = epoch + 1
        """;

    public override string Name => "offsets-to-earliest";

    public override string Expectation => "all offsets turned back to the beginning: all is deduplicated, nothing paid";

    public override bool TurnsOffsetsBack => true;

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        await Last(3);
        scene.World.Members.ForEach(m => m.IsHandled = true);
        scene.World.Members.ForEach(m => m.Kill());
        await scene.Execute(TurnBack);
        scene.World.Members.ForEach(m => m.Start());
        scene.World.Members.ForEach(m => m.IsHandled = false);
        return true;
    }
}
