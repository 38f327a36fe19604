using System.Numerics;
using EventSettlement.StudyRefunds;

namespace EventSettlement.Tests.StudyRefunds;

public sealed class RefundRulesTests
{
    [Theory]
    [InlineData(30_000, 3_000, 2, 24_000)]
    [InlineData(30_000, 3_000, 0, 30_000)]
    [InlineData(30_000, 3_000, 10, 0)]
    [InlineData(30_000, 3_000, 11, 0)]
    [InlineData(0, 3_000, 1, 0)]
    [InlineData(30_000, 0, 10_000, 30_000)]
    [InlineData(9_007_199_254_740_991, 9_007_199_254_740_991, 10_000, 0)]
    [InlineData(9_007_199_254_740_991, 900_719_925_474, 10_000, 991)]
    public void Refund_is_the_deposit_less_penalties_and_never_less_than_nothing(
        long deposit,
        long penalty,
        int absences,
        long refund
    ) => Assert.Equal(refund, RefundRules.Refund(deposit, penalty, absences));

    [Fact]
    public void Any_refund_is_that_of_whole_numbers_without_limit()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var (deposit, penalty, absences) = (Amount(random), Amount(random), random.Next(10_001));
            var exact = BigInteger.Max(0, deposit - (new BigInteger(absences) * penalty));
            var refund = RefundRules.Refund(deposit, penalty, absences);
            Assert.True(exact == refund, $"seed {seed}: {deposit} {penalty} {absences}");
        }
    }

    // Small and huge ones alike.
    private static long Amount(Random random) => random.NextInt64(1L << random.Next(1, 54));
}
