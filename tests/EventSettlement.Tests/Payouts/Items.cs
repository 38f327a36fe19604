using EventSettlement.Payouts.Calls;

namespace EventSettlement.Tests.Payouts;

/// <summary>Items of one settlement, 1,000 KRW each.</summary>
internal static class Items
{
    public static readonly Guid Settlement = new("0198f0aa-0000-7000-8000-000000000001");

    public static PayoutItem One(int no, string member = "M-1") =>
        new()
        {
            SettlementId = Settlement,
            No = no,
            MemberId = member,
            Amount = 1000,
            Currency = "KRW",
            Reason = "study-refund",
        };

    public static PayoutItem[] Of(int count) => Enumerable.Range(1, count).Select(n => One(n)).ToArray();
}
