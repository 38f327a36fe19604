using EventSettlement.Ledger;

namespace EventSettlement.Payouts;

/// <summary>Whose item it is, for the accounts that it moves.</summary>
internal sealed record PaymentAccounts(string Programme, string Downstream, string Currency);

/// <summary>Ledger transactions of items that are paid or will not be.</summary>
internal static class PaymentPostings
{
    /// <summary>What one attempt has paid of a part.</summary>
    public static Posting Payment(Guid settlementId, int part, int attempt, PaymentAccounts accounts, long amount) =>
        Paid(settlementId, PostingKinds.Payment, References.Part(settlementId, part, attempt), accounts, amount);

    /// <summary>An item that turned out to be paid outside an attempt.</summary>
    public static Posting LatePayment(Guid settlementId, int no, PaymentAccounts accounts, long amount) =>
        Paid(settlementId, PostingKinds.LatePayment, References.Item(settlementId, no), accounts, amount);

    /// <summary>An item that nobody will pay: what is owed goes back to where it came from.</summary>
    /// <param name="sourceAccount">The programme's.</param>
    public static Posting WriteOff(
        Guid settlementId,
        int no,
        PaymentAccounts accounts,
        string sourceAccount,
        long amount
    ) =>
        Posting.Of(
            settlementId,
            PostingKinds.WriteOff,
            References.Item(settlementId, no),
            accounts.Currency,
            new Line(Accounts.Payable(accounts.Programme), -amount),
            new Line(Accounts.Of(accounts.Programme, sourceAccount), amount)
        );

    private static Posting Paid(
        Guid settlementId,
        string kind,
        string reference,
        PaymentAccounts accounts,
        long amount
    ) =>
        Posting.Of(
            settlementId,
            kind,
            reference,
            accounts.Currency,
            new Line(Accounts.Payable(accounts.Programme), -amount),
            new Line(Accounts.Clearing(accounts.Programme, accounts.Downstream), amount)
        );
}
