using EventSettlement.Ledger;

namespace EventSettlement.IntegrationTests.Doubles;

/// <summary>Creations as a planner books them, of a programme that keeps a part of what it holds.</summary>
internal static class TestPostings
{
    public static Posting Creation(Guid settlement, long owed, long kept) =>
        Posting.Of(
            settlement,
            PostingKinds.Creation,
            References.Settlement(settlement),
            "KRW",
            new Line("study-refund:deposits-held", -(owed + kept)),
            new Line("study-refund:forfeited-income", kept),
            new Line(Accounts.Payable("study-refund"), owed)
        );
}
