using EventSettlement.CreatorRevenue;
using EventSettlement.Policies;

namespace EventSettlement.Tests.CreatorRevenue;

public sealed class RevenuePolicyDocumentTests
{
    private const string Right = """
        {"effectiveFrom":"2026-11-01","currency":"KRW","tiers":[{"fromMonthlyViews":0,"perViewMilliWon":2100},
        {"fromMonthlyViews":1000000,"perViewMilliWon":2400}],"perAdViewMilliWon":7000,"shareBasisPoints":5500,
        "minimumPayout":10000,"countsWhen":"completed"}
        """;

    [Fact]
    public void A_policy_is_read_whole()
    {
        var mistakes = new List<PolicyMistake>();
        var policy = RevenuePolicyDocument.Read(Right, mistakes)!;

        Assert.Empty(mistakes);
        Assert.Equal(new DateOnly(2026, 11, 1), policy.EffectiveFrom);
        Assert.Equal([new RevenueTier(0, 2100), new(1_000_000, 2400)], policy.Tiers);
        Assert.Equal((7000, 5500, 10_000), (policy.PerAdViewMilliWon, policy.ShareBasisPoints, policy.MinimumPayout));
    }

    [Theory]
    [InlineData("\"minimumPayout\":10000,", "")]
    [InlineData(",\"countsWhen\":\"completed\"", "")]
    public void What_may_be_left_out(string what, string with) => Assert.Empty(Mistakes(what, with));

    [Theory]
    [InlineData("2026-11-01", "2026-02-30", "/effectiveFrom")]
    [InlineData("KRW", "USD", "/currency")]
    [InlineData("\"completed\"", "null", "/countsWhen")]
    [InlineData("completed", "started", "/countsWhen")]
    [InlineData("\"fromMonthlyViews\":0", "\"fromMonthlyViews\":1", "/tiers/0/fromMonthlyViews")]
    [InlineData("1000000", "0", "/tiers/1/fromMonthlyViews")]
    [InlineData("2400", "2400.0", "/tiers/1/perViewMilliWon")]
    [InlineData("2400", "\"2400\"", "/tiers/1/perViewMilliWon")]
    [InlineData("2400", "1000000001", "/tiers/1/perViewMilliWon")]
    [InlineData("7000", "-1", "/perAdViewMilliWon")]
    [InlineData("5500", "10001", "/shareBasisPoints")]
    [InlineData("10000,", "null,", "/minimumPayout")]
    [InlineData("\"shareBasisPoints\":5500,", "", "/shareBasisPoints")]
    [InlineData("\"minimumPayout\"", "\"minimunPayout\"", "/minimunPayout")]
    [InlineData("\"perViewMilliWon\":2400", "\"perViewMilliWon\":2400,\"note\":1", "/tiers/1/note")]
    public void A_mistake_is_named(string what, string with, string pointer) =>
        Assert.Equal([pointer], Mistakes(what, with).Select(mistake => mistake.Pointer));

    [Fact]
    public void Every_mistake_is_named() =>
        Assert.Equal(
            ["/currency", "/effectiveFrom", "/perAdViewMilliWon", "/shareBasisPoints", "/tiers"],
            Mistakes(Right, "{}").Select(mistake => mistake.Pointer).Order(StringComparer.Ordinal)
        );

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"tiers\":[1]}")]
    [InlineData("{\"tiers\":{}}")]
    public void What_is_no_policy_at_all_is_a_mistake(string json) => Assert.NotEmpty(Mistakes(Right, json));

    private static List<PolicyMistake> Mistakes(string what, string with)
    {
        var mistakes = new List<PolicyMistake>();
        var changed = Right.Replace(what, with, StringComparison.Ordinal);
        var policy = RevenuePolicyDocument.Read(changed, mistakes);
        Assert.Equal(policy is null, mistakes.Count > 0);
        return mistakes;
    }
}
