using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Injection.Clocks;

/// <summary>The clock of one server's machine jumps ahead, behind and back, by faketime.</summary>
internal sealed class ServerClock : Fault
{
    public override string Name => "process-clock-jumps";

    public override string Expectation => "a server's own clock jumps an hour to and fro: it decides nothing";

    /// <summary>
    /// librdkafka waits until a time of the kernel's clock that it reckons from the faked one: an hour, where a real
    /// jump would move both.
    /// </summary>
    public override bool Suits(string log) => log == "postgres";

    public override string? Missing => FakeTime.Library is null ? "faketime is not installed" : null;

    public override bool FakesServerClock => true;

    public override string Touches => "servers";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        foreach (var seconds in new[] { 3600, -3600, 0 })
        {
            FakeTime.Set(scene.World.Folder, seconds);
            await Last(3);
        }

        return true;
    }
}
