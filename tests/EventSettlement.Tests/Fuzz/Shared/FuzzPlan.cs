using System.Globalization;

namespace EventSettlement.Tests.Fuzz.Shared;

/// <summary>
/// How much is tried, and from which seed. EVENTSETTLEMENT_FUZZ holds words with commas: <c>full</c> asks for the
/// whole number, <c>seed=7</c> repeats what a failure printed.
/// </summary>
public static class FuzzPlan
{
    private const string Variable = "EVENTSETTLEMENT_FUZZ";

    private static readonly string[] Words = (Environment.GetEnvironmentVariable(Variable) ?? "").Split(
        ',',
        StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
    );

    public static bool IsFull => Words.Contains("full");

    public static int Seed { get; } =
        Words.FirstOrDefault(w => w.StartsWith("seed=", StringComparison.Ordinal)) is { } told
            ? int.Parse(told[5..], CultureInfo.InvariantCulture)
            : Random.Shared.Next(1_000_000_000);

    public static int Cases(int quick, int full) => IsFull ? full : quick;

    /// <summary>The way to see a failure again.</summary>
    public static string Again => $"{Variable}={(IsFull ? "full," : "")}seed={Seed}";
}
