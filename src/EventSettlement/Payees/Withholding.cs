namespace EventSettlement.Payees;

/// <summary>Kept back from a payment for the tax office, in won; both parts are multiples of ten.</summary>
public readonly record struct Withheld(long IncomeTax, long LocalTax)
{
    public long Total => IncomeTax + LocalTax;
}

/// <summary>
/// Tax that is withheld at the source. Pure. Sources: Income Tax Act of Korea, article 129 (3 % of what a person earns
/// by services); Local Tax Act, article 103-13 (a tenth of the income tax). Each is cut down to tens of won.
/// </summary>
public static class Withholding
{
    private const long Whole = 10_000;
    private const long Unit = 10;

    // By the first day on which they hold, the latest first.
    private static readonly Rates[] Table = [new(DateOnly.MinValue, IncomeBasisPoints: 300, LocalBasisPoints: 1_000)];

    /// <param name="due">Won before taxes; nothing is withheld from 0 or less.</param>
    /// <param name="on">The last day of the period that is paid for, in Seoul: its rates count.</param>
    public static Withheld Of(long due, TaxKind kind, DateOnly on)
    {
        if (due <= 0 || kind == TaxKind.None)
            return default;
        var rates = Table.First(row => row.From <= on);
        var income = Part(due, rates.IncomeBasisPoints);
        return new Withheld(income, Part(income, rates.LocalBasisPoints));
    }

    private static long Part(long amount, long basisPoints) =>
        (long)((Int128)amount * basisPoints / Whole / Unit * Unit);

    private sealed record Rates(DateOnly From, long IncomeBasisPoints, long LocalBasisPoints);
}
