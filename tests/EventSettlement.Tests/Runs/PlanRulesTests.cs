using EventSettlement.Contracts;
using EventSettlement.Runs.Planning;

namespace EventSettlement.Tests.Runs;

public sealed class PlanRulesTests
{
    [Fact]
    public void Items_are_cut_into_parts_of_500_and_zero_ones_count_as_paid()
    {
        var planned = PlanRules.Plan(Study(1_201, absent: i => i % 500 == 0 ? 10 : 1));
        Assert.Equal([500, 500, 201], planned.Parts.Select(p => p.Items));
        Assert.Equal([499, 499, 200], planned.Parts.Select(p => p.Pending));
        Assert.Equal([1, 1, 1], planned.Parts.Select(p => p.Paid));
        Assert.Equal(1_198 * 900, planned.Total);
        Assert.Equal((1_198 * 100) + (3 * 1_000), planned.Kept);
        Assert.Equal(planned.Total, planned.Parts.Sum(p => p.Amount));
        Assert.Equal(0, planned.Parts.Sum(p => p.PaidAmount));
    }

    [Fact]
    public void A_study_is_one_settlement_for_ever() =>
        Assert.Equal(SettlementId.For("study-refund", "S-1", "once"), PlanRules.Plan(Study(1, _ => 0)).Id);

    private static StudyToPlan Study(int members, Func<int, int> absent) =>
        new(
            "S-1",
            DateTime.UnixEpoch,
            "KRW",
            1_000,
            100,
            [.. Enumerable.Range(0, members).Select(i => $"M-{i:D5}")],
            [.. Enumerable.Range(0, members).Select(absent)],
            "study-completed",
            0,
            0
        );
}
