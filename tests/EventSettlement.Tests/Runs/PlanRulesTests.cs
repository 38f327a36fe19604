using EventSettlement.Contracts;
using EventSettlement.Ledger;
using EventSettlement.Programmes;
using EventSettlement.Runs.Planning;

namespace EventSettlement.Tests.Runs;

public sealed class PlanRulesTests
{
    [Fact]
    public void Items_are_cut_into_parts_of_500_and_zero_ones_count_as_paid()
    {
        var planned = PlanRules.Plan("any", Owed(1_201, i => i % 500 == 0 ? 0 : 900));
        Assert.Equal([500, 500, 201], planned.Parts.Select(p => p.Items));
        Assert.Equal([499, 499, 200], planned.Parts.Select(p => p.Pending));
        Assert.Equal([1, 1, 1], planned.Parts.Select(p => p.Paid));
        Assert.Equal(1_198 * 900, planned.Total);
        Assert.Equal(planned.Total, planned.Parts.Sum(p => p.Amount));
        Assert.Equal(0, planned.Parts.Sum(p => p.PaidAmount));
    }

    [Fact]
    public void Programme_subject_and_period_are_one_settlement_for_ever() =>
        Assert.Equal(SettlementId.For("any", "S-1", "2026-11"), PlanRules.Plan("any", Owed(1, _ => 5)).Id);

    [Fact]
    public void The_creation_is_what_the_programme_books_and_what_is_payable()
    {
        var planned = PlanRules.Plan("any", Owed(2, _ => 900));
        Assert.Equal([new Line("any:source", -1_800), new Line("any:payable", 1_800)], planned.Creation!.Lines);
        Assert.Equal("""{"source":-1800,"payable":1800}""", Booking.Write(planned.Creation));
    }

    [Fact]
    public void What_moves_no_money_is_not_booked()
    {
        var planned = PlanRules.Plan("any", Owed(2, _ => 0));
        Assert.Null(planned.Creation);
        Assert.Equal("{}", Booking.Write(planned.Creation));
    }

    [Fact]
    public void A_programme_that_does_not_balance_is_refused()
    {
        var wrong = Assert.Throws<InvalidOperationException>(() =>
            PlanRules.Plan("any", Owed(2, _ => 900) with { Booking = [new BookingLine("source", -1_799)] })
        );
        Assert.Contains("off by 1 KRW", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("M-2", "M-1")]
    [InlineData("M-1", "M-1")]
    public void Payees_stand_in_order_and_once(string first, string second) =>
        Assert.Throws<ArgumentException>(() =>
            PlanRules.Plan("any", Owed(2, _ => 1) with { Payees = [first, second] })
        );

    [Fact]
    public void No_amount_is_negative_and_none_larger_than_JSON_can_carry()
    {
        Assert.Throws<ArgumentException>(() => PlanRules.Plan("any", Owed(2, i => i - 1)));
        Assert.True(PlanRules.IsTooLarge(Owed(1, _ => 9_007_199_254_740_992)));
        Assert.False(PlanRules.IsTooLarge(Owed(1, _ => 9_007_199_254_740_991)));
    }

    private static Owed Owed(int payees, Func<int, long> amount)
    {
        long[] amounts = [.. Enumerable.Range(0, payees).Select(amount)];
        string[] names = [.. Enumerable.Range(0, payees).Select(i => $"M-{i:D5}")];
        return new("S-1", "2026-11", "KRW", names, amounts, [new BookingLine("source", -amounts.Sum())], "{}");
    }
}
