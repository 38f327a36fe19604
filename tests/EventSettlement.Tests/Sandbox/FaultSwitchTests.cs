using EventSettlement.Sandbox;
using Microsoft.Extensions.Time.Testing;

namespace EventSettlement.Tests.Sandbox;

public sealed class FaultSwitchTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Nothing_is_dead_or_mute_unless_it_is_said() =>
        Assert.Equal((false, false), States(new FaultSwitch(new Faults(), _clock)));

    [Fact]
    public void Each_lasts_its_time_from_when_it_was_set()
    {
        var switches = new FaultSwitch(new Faults(), _clock);
        _clock.Advance(TimeSpan.FromHours(1));
        switches.Set(new Faults { DeadMs = 4000, MuteMs = 6000 });
        Assert.Equal((true, true), States(switches));
        _clock.Advance(TimeSpan.FromMilliseconds(3999));
        Assert.Equal((true, true), States(switches));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((false, true), States(switches));
        _clock.Advance(TimeSpan.FromMilliseconds(2000));
        Assert.Equal((false, false), States(switches));
        switches.Set(new Faults { DeadMs = 1 });
        Assert.Equal((true, false), States(switches));
    }

    private static (bool Dead, bool Mute) States(FaultSwitch switches) => (switches.Dead, switches.Mute);
}
