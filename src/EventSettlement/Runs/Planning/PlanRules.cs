using EventSettlement.Contracts;
using EventSettlement.Ledger;
using EventSettlement.Programmes;

namespace EventSettlement.Runs.Planning;

/// <summary>How what is owed becomes a settlement: its id, its parts, its creation posting. Pure.</summary>
public static class PlanRules
{
    public const int ItemsPerPart = 500;

    /// <summary>2^53−1; an item above it is not planned.</summary>
    public const long MostAmount = (1L << 53) - 1;

    public static bool IsTooLarge(Owed owed) => owed.Amounts.Any(amount => amount > MostAmount);

    /// <exception cref="ArgumentException">The programme owes what no settlement can be.</exception>
    public static PlannedSettlement Plan(string programme, Owed owed)
    {
        var amounts = owed.Amounts;
        if (amounts.Length == 0 || amounts.Length != owed.Payees.Length || amounts.Any(amount => amount < 0))
            throw Impossible(programme, owed, "an item for each payee, with an amount of 0 or more");
        for (var i = 1; i < owed.Payees.Length; i++)
            if (string.CompareOrdinal(owed.Payees[i - 1], owed.Payees[i]) >= 0)
                throw Impossible(programme, owed, "payees in ordinal order, each once");
        var parts = new PartCounts[(amounts.Length + ItemsPerPart - 1) / ItemsPerPart];
        long total = 0;
        for (var part = 0; part < parts.Length; part++)
        {
            var items = amounts.AsSpan(
                part * ItemsPerPart,
                Math.Min(ItemsPerPart, amounts.Length - (part * ItemsPerPart))
            );
            long amount = 0;
            foreach (var one in items)
                amount += one;
            var nothing = items.Count(0L);
            parts[part] = new PartCounts(items.Length - nothing, nothing, 0, 0, 0, 0, 0, 0, amount, 0);
            total += amount;
        }

        var id = SettlementId.For(programme, owed.Subject, owed.Period);
        return new PlannedSettlement(owed, id, total, parts, Creation(programme, owed, id, total));
    }

    private static Posting? Creation(string programme, Owed owed, Guid id, long total)
    {
        Line[] lines =
        [
            .. owed.Booking.Select(line => new Line(Accounts.Of(programme, line.Account), line.Amount)),
            new Line(Accounts.Payable(programme), total),
        ];
        // What moves no money is not posted.
        return Array.TrueForAll(lines, line => line.Amount == 0)
            ? null
            : Posting.Of(id, PostingKinds.Creation, References.Settlement(id), owed.Currency, lines);
    }

    private static ArgumentException Impossible(string programme, Owed owed, string rule) =>
        new($"{programme} {owed.Subject} {owed.Period}: a settlement needs {rule}");
}

/// <summary>A settlement on its way to being requested.</summary>
/// <param name="Creation">Null when no money moves.</param>
/// <param name="HoldReason">Why a person has to release it before it is paid; null = it is paid.</param>
public sealed record PlannedSettlement(
    Owed Owed,
    Guid Id,
    long Total,
    PartCounts[] Parts,
    Posting? Creation,
    string? HoldReason = null
);
