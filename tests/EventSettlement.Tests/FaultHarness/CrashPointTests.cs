using System.Text.RegularExpressions;
using EventSettlement.Messaging;
using EventSettlement.Platform;

namespace EventSettlement.Tests.FaultHarness;

/// <summary>A crash point that stood at two places would be counted at both: its n-th hit would be no moment.</summary>
public sealed partial class CrashPointTests
{
    // Every run of the harness begins with tables that stand already; MigratorTests kill there.
    private static readonly string[] Unbroken = [SettlementCrashPoints.MigrationStatementDone];
    private static readonly string Root = TidyTests.FindRoot();
    private static readonly (string Name, string Number)[] Points =
    [
        .. new[] { typeof(CrashPoints), typeof(SettlementCrashPoints) }.SelectMany(type =>
            type.GetFields().Select(f => ($"{type.Name}.{f.Name}", (string)f.GetRawConstantValue()!))
        ),
    ];

    [Fact]
    public void Each_is_hit_at_exactly_one_place() =>
        Assert.Equal(
            Points.Select(p => p.Name).Order(StringComparer.Ordinal),
            SourceText
                .All(Root)
                .Where(s => s.Path.StartsWith("src", StringComparison.Ordinal))
                .SelectMany(s => HitLine().Matches(string.Join('\n', s.Lines)))
                .Select(m => m.Groups[1].Value)
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Each_has_a_number_of_its_own_by_which_the_fault_harness_knows_it()
    {
        var list = File.ReadAllText(
            Path.Combine(Root, "tests", "EventSettlement.Faults", "Injection", "CrashPoints.cs")
        );
        Assert.Equal(
            Points.Select(p => p.Number).Order(StringComparer.Ordinal),
            BrokenAt().Matches(list).Select(m => m.Groups[1].Value).Concat(Unbroken).Order(StringComparer.Ordinal)
        );
    }

    [GeneratedRegex(@"\bCrashPoint\.Hit\(\s*([^)]*?)\s*\)")]
    private static partial Regex HitLine();

    [GeneratedRegex("""new\("(K[0-9]{2})", """)]
    private static partial Regex BrokenAt();
}
