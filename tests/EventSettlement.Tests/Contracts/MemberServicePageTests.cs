using System.Globalization;
using System.Text.RegularExpressions;
using EventSettlement.Payouts;
using EventSettlement.Payouts.Calls;

namespace EventSettlement.Tests.Contracts;

/// <summary>What docs/contracts/member-service.md says of each HTTP status is what is done about it.</summary>
public sealed partial class MemberServicePageTests
{
    [Fact]
    public void Every_status_means_what_the_page_says()
    {
        var told = Table();
        Assert.Equal(CallKind.Answered, PayoutRules.KindOf(200));
        Assert.All(
            Enumerable.Range(100, 500).Where(status => status != 200),
            status =>
                Assert.Equal(
                    (status, told.GetValueOrDefault(status, CallKind.NoAnswer)),
                    (status, PayoutRules.KindOf(status))
                )
        );
    }

    /// <summary>Statuses that the table names, except those beside "any other".</summary>
    private static Dictionary<int, CallKind> Table()
    {
        var page = File.ReadAllLines(Path.Combine(TidyTests.FindRoot(), "docs", "contracts", "member-service.md"));
        var rows = page.SkipWhile(line => line != "| answer | means | what the engine does |")
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToList();
        Assert.NotEmpty(rows);
        return rows.Where(cells => !cells[1].StartsWith("any other", StringComparison.Ordinal))
            .SelectMany(cells => Statuses(cells[1]).Select(status => (status, Kind: KindOf(cells[3]))))
            .ToDictionary(pair => pair.status, pair => pair.Kind);
    }

    private static IEnumerable<int> Statuses(string cell) =>
        StatusOrClass()
            .Matches(cell)
            .SelectMany(m =>
                m.Value.EndsWith('x')
                    ? Enumerable.Range((m.Value[0] - '0') * 100, 100)
                    : [int.Parse(m.Value, CultureInfo.InvariantCulture)]
            );

    private static CallKind KindOf(string whatTheEngineDoes) =>
        whatTheEngineDoes switch
        {
            _ when whatTheEngineDoes.StartsWith("halves the call", StringComparison.Ordinal) => CallKind.BadRequest,
            _ when whatTheEngineDoes.StartsWith("waits as", StringComparison.Ordinal) => CallKind.Throttled,
            _ when whatTheEngineDoes.StartsWith("payouts to you stop", StringComparison.Ordinal) =>
                CallKind.Misconfigured,
            _ => throw new InvalidOperationException($"the page says something new: {whatTheEngineDoes}"),
        };

    [GeneratedRegex(@"\b([1-5][0-9]{2}|[1-5]xx)\b")]
    private static partial Regex StatusOrClass();
}
