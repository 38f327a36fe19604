namespace EventSettlement.Ledger;

/// <summary>One ledger transaction of up to three lines that sum to zero; a line of amount zero is left out.</summary>
/// <param name="Kind">creation, payment, late-payment, write-off, cancel.</param>
/// <param name="Reference">See <see cref="References"/>.</param>
public sealed record Posting(
    Guid SettlementId,
    string Kind,
    string Reference,
    string Currency,
    Line First,
    Line Second,
    Line Third = default
)
{
    /// <summary>What is owed: deposits held −total, refunds payable +refund, forfeited income +kept.</summary>
    public static Posting Creation(Guid settlementId, string programme, string currency, long refund, long kept) =>
        new(
            settlementId,
            "creation",
            References.Settlement(settlementId),
            currency,
            new Line(Accounts.DepositsHeld(programme), -(refund + kept)),
            new Line(Accounts.RefundsPayable(programme), refund),
            new Line(Accounts.ForfeitedIncome(programme), kept)
        );
}

/// <summary>Debit &gt; 0, credit &lt; 0, in minor units.</summary>
public readonly record struct Line(string? Account, long Amount);

/// <summary>What a ledger transaction stands for.</summary>
public static class References
{
    public static string Settlement(Guid settlementId) => settlementId.ToString("D");

    public static string Part(Guid settlementId, int part, int attempt) => $"{settlementId:D}/{part}/{attempt}";

    public static string Item(Guid settlementId, int no) => $"{settlementId:D}#{no}";
}
