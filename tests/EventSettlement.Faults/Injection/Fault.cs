using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Injection;

/// <summary>What goes wrong, and what is expected of the product.</summary>
internal abstract class Fault
{
    public abstract string Name { get; }

    /// <summary>For people, in <c>--list</c>.</summary>
    public abstract string Expectation { get; }

    /// <summary>Seconds from healing until everything moves again, from docs/reliability.md.</summary>
    public virtual double RecoveryBound => 30;

    /// <summary>Whether it can be had with this event log.</summary>
    public virtual bool Suits(string log) => true;

    /// <summary>Why it cannot be had on this machine; null where it can.</summary>
    public virtual string? Missing => Suits("postgres") || KafkaServer.Home is not null ? null : KafkaServer.Missing;

    public virtual bool NeedsProxies => false;

    public virtual int Processes => 2;

    /// <summary>The crash point of the first server, such as <c>K07:1</c>.</summary>
    public virtual string? CrashAt => null;

    /// <summary>A schedule, where the fault wants scheduled runs.</summary>
    public virtual string? Cron => null;

    /// <summary>Seconds by which the database's clock is off.</summary>
    public virtual int ClockOffSeconds => 0;

    /// <summary>The tables stand on a file system that can be filled.</summary>
    public virtual bool NeedsSmallDisk => false;

    /// <summary>The first server's clock is the harness's to set.</summary>
    public virtual bool FakesServerClock => false;

    /// <summary>Codes of alerts that it explains: a scheduled run may have to wait for one of the load's.</summary>
    public virtual string[] Alerts => Cron is null ? [] : ["run_held_up"];

    /// <summary>Codes of alerts that it must raise where it stands alone: somebody has to be told.</summary>
    public virtual string[] Demands => [];

    /// <summary>Whether a part of a server may fail by it, start again and say so.</summary>
    public virtual bool TroublesServers => true;

    /// <summary>Offsets are turned back, so effects may stand ahead of them for a while.</summary>
    public virtual bool TurnsOffsetsBack => false;

    /// <summary>Never healed: only what must hold at every moment is checked.</summary>
    public virtual bool IsNeverHealed => false;

    /// <summary>What it lays hands on; of a combination each touches something else. Empty: stands alone.</summary>
    public virtual string Touches => "";

    /// <summary>Injects, waits as long as it lasts, and heals. False where the moment never came.</summary>
    public abstract Task<bool> Inject(Scene scene, Random random);

    protected static Task Last(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds));
}
