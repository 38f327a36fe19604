using System.Text.Json;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Running.Asked;

/// <summary>Everything that a run does by choice; it follows from the seed, or is read from a kept run.</summary>
internal sealed record Plan
{
    public const string Never = "0 0 3 1 1 ?";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public int Seed { get; init; }

    /// <summary><c>postgres</c> or <c>kafka</c>.</summary>
    public string Log { get; init; } = "postgres";

    /// <summary>Names of the faults of this run, applied side by side.</summary>
    public string[] Faults { get; init; } = [];

    /// <summary>Seconds after the load began, one a fault.</summary>
    public double[] At { get; init; } = [];

    public int Processes { get; init; } = 2;

    /// <summary>Such as <c>K07:2</c>, for the first server.</summary>
    public string? CrashAt { get; init; }

    public string Cron { get; init; } = Never;

    public bool Proxies { get; init; }

    public bool SmallDisk { get; init; }

    public bool FakeServerClock { get; init; }

    /// <summary>How far the database's clock is off from the beginning.</summary>
    public int ClockOffSeconds { get; init; }

    /// <summary>The bug that was planted.</summary>
    public string? Bug { get; init; }

    public double LoadSeconds { get; init; } = 5;

    public int FactsPerSecond { get; init; } = 500;

    /// <summary>Who gets to a moment first is not to be told before; whoever does is killed there.</summary>
    public bool IsArmedEverywhere => CrashAt?.EndsWith(":1", StringComparison.Ordinal) == true;

    /// <summary>Nothing but the first hit of one crash point: a run that never comes there tests nothing.</summary>
    public bool IsOneFirstHit() => Faults.Length == 1 && CrashAt?.Split(':')[1] == "1";

    public void Write(string folder) =>
        File.WriteAllText(Path.Combine(folder, "plan.json"), JsonSerializer.Serialize(this, Indented));

    /// <exception cref="ArgumentException">There is none in this folder.</exception>
    public static Plan Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<Plan>(File.ReadAllText(Path.Combine(folder, "plan.json")))!;
        }
        catch (Exception unreadable) when (unreadable is IOException or JsonException)
        {
            throw new ArgumentException($"{folder} is not a kept run: {unreadable.Message}", unreadable);
        }
    }
}
