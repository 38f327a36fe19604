using EventSettlement.Access;

namespace EventSettlement.Ledger;

/// <summary>The books: sums, lines, and the proof that they are right.</summary>
internal static class LedgerRoutes
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        var ledger = v1.MapGroup("/ledger").WithTags("ledger");
        ledger
            .MapGet(
                "/balance",
                (int? limit, string? after, LedgerReads reads, CancellationToken cancel) =>
                    reads.Balances(limit, after, cancel)
            )
            .Needs(Role.Viewer)
            .WithName("ShowLedgerBalance")
            .WithSummary("Sums by account");
        ledger
            .MapGet(
                "/entries",
                (
                    Guid? settlement,
                    string? account,
                    int? limit,
                    string? after,
                    LedgerReads reads,
                    CancellationToken cancel
                ) => reads.Entries(settlement, account, limit, after, cancel)
            )
            .Needs(Role.Viewer)
            .WithName("ListLedgerEntries")
            .WithSummary("Postings in the order they were numbered");
        ledger
            .MapGet(
                "/verify",
                (LedgerVerification verification, CancellationToken cancel) => verification.Verify(cancel)
            )
            .Needs(Role.Viewer)
            .WithName("VerifyLedger")
            .WithSummary("Prove the books against requests and items");
    }
}
