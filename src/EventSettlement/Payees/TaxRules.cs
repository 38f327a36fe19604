using System.Globalization;
using EventSettlement.Facts;

namespace EventSettlement.Payees;

/// <summary>What a payee is from a day on.</summary>
/// <param name="From">The first day, in Seoul.</param>
public sealed record TaxProfile(string PayeeId, DateOnly From, TaxKind Kind);

/// <summary>What makes a profile of three texts, wherever they come from. Pure.</summary>
internal static class TaxRules
{
    /// <summary>Of a request.</summary>
    public const int MaxRows = 1_000;

    public const string PayeeId = "payeeId";
    public const string From = "from";
    public const string Kind = "kind";

    /// <param name="wrong">Told each field at fault, by its name in the API, and the rule that it breaks.</param>
    /// <returns>Null where something is wrong.</returns>
    public static TaxProfile? Read(string? payeeId, string? from, string? kind, Action<string, string> wrong)
    {
        var isId = payeeId is not null && FactId.IsRight(payeeId);
        if (!isId)
            wrong(PayeeId, "is " + FactId.Rule);
        var isDate = DateOnly.TryParseExact(
            from,
            "yyyy-MM-dd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var day
        );
        if (!isDate)
            wrong(From, "is a date such as 2026-11-01");
        var isKind = TaxKinds.TryRead(kind, out var known);
        if (!isKind)
            wrong(Kind, $"is {TaxKinds.None} or {TaxKinds.Personal}");
        return isId && isDate && isKind ? new TaxProfile(payeeId!, day, known) : null;
    }
}
