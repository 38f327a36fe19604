using System.Numerics;
using EventSettlement.Payees;

namespace EventSettlement.Tests.Payees;

public sealed class WithholdingTests
{
    private static readonly DateOnly Day = new(2026, 11, 30);

    [Theory]
    [InlineData(-1, 0, 0)]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(332, 0, 0)]
    [InlineData(333, 0, 0)]
    [InlineData(334, 10, 0)]
    [InlineData(3_333, 90, 0)]
    [InlineData(3_334, 100, 10)]
    [InlineData(1_383_741, 41_510, 4_150)]
    [InlineData(9_007_199_254_740_991, 270_215_977_642_220, 27_021_597_764_220)]
    public void A_person_pays_three_percent_and_a_tenth_of_it_each_cut_to_tens(long due, long income, long local)
    {
        var withheld = Withholding.Of(due, TaxKind.Personal, Day);
        Assert.Equal((income, local), (withheld.IncomeTax, withheld.LocalTax));
        Assert.Equal(income + local, withheld.Total);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(334)]
    [InlineData(9_007_199_254_740_991)]
    public void Nothing_is_withheld_from_a_business(long due) =>
        Assert.Equal(0, Withholding.Of(due, TaxKind.None, Day).Total);

    [Theory]
    [InlineData("0001-01-01")]
    [InlineData("9999-12-31")]
    public void Every_day_has_rates(string day) =>
        Assert.Equal(110, Withholding.Of(3_334, TaxKind.Personal, DateOnly.Parse(day, null)).Total);

    [Fact]
    public void Any_withholding_is_that_of_whole_numbers_without_limit()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            // Small and huge ones alike, up to what 64 bits hold.
            var due = random.NextInt64(long.MaxValue >> random.Next(0, 63));
            var income = (BigInteger)due * 3 / 100 / 10 * 10;
            var local = income / 10 / 10 * 10;
            var withheld = Withholding.Of(due, TaxKind.Personal, Day);
            Assert.True(income == withheld.IncomeTax && local == withheld.LocalTax, $"seed {seed}: {due}");
        }
    }
}
