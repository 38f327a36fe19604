namespace EventSettlement.Ledger.Watching;

/// <summary>What the tables say of one settlement at one moment; sums in minor units.</summary>
/// <param name="Owed">What was requested for its items.</param>
/// <param name="Booking">How the request is to be booked; see <see cref="Ledger.Booking"/>.</param>
/// <param name="Posted">How its creation was booked.</param>
/// <param name="Payable">Balance of what is payable.</param>
/// <param name="Cleared">Balance of its clearing.</param>
/// <param name="Unpaid">Of items that are neither paid nor cancelled nor written off.</param>
/// <param name="Told">What its saga counts as paid; null while the saga has not heard of each change.</param>
/// <param name="Alerted">An alert of it is open.</param>
internal sealed record SettlementSums(
    Guid SettlementId,
    string Programme,
    string Currency,
    string? State,
    long Owed,
    string Booking,
    string Posted,
    long Payable,
    long Cleared,
    long Items,
    long Unpaid,
    long Paid,
    long? Told,
    bool Alerted,
    string Downstream
);

/// <summary>Two sums that must be one.</summary>
internal sealed record Imbalance(string What, long Expected, long Found);

/// <summary>Only what one transaction changes together is compared, so nothing that is under way is wrong.</summary>
internal static class ImbalanceRules
{
    /// <summary>The first that is wrong; null = all is right.</summary>
    public static Imbalance? Find(SettlementSums s)
    {
        foreach (var (what, expected, found) in Pairs(s))
            if (expected != found)
                return new Imbalance(what, expected, found);
        return null;
    }

    private static IEnumerable<Imbalance> Pairs(SettlementSums s)
    {
        var payable = Accounts.Payable(s.Programme);
        var booking = Booking.Read(s.Booking);
        yield return new Imbalance("the sum of the items", s.Owed, s.Items);
        yield return new Imbalance(
            $"what is to be booked in {payable}",
            s.Owed,
            booking.GetValueOrDefault(Accounts.NameOf(payable))
        );
        if (s.Booking != s.Posted)
            foreach (var (account, expected, found) in Booking.Differences(booking, Booking.Read(s.Posted)))
                yield return new Imbalance($"the creation in {Accounts.Of(s.Programme, account)}", expected, found);
        yield return new Imbalance($"the balance of {payable}", s.Unpaid, s.Payable);
        yield return new Imbalance($"the balance of {Accounts.Clearing(s.Programme, s.Downstream)}", s.Paid, s.Cleared);
        if (s.Told is { } told)
            yield return new Imbalance("the settlement's paid amount", s.Paid, told);
    }
}
