namespace EventSettlement.Payees;

/// <summary>What a payee is for the tax office.</summary>
public enum TaxKind
{
    /// <summary>A business, which pays its taxes itself. Whoever has no profile is one.</summary>
    None,

    /// <summary>A person, from whose payments tax is withheld.</summary>
    Personal,
}

/// <summary>Kinds as they stand in files, requests and the database.</summary>
internal static class TaxKinds
{
    public const string None = "NONE";
    public const string Personal = "PERSONAL";

    public static string Text(this TaxKind kind) => kind == TaxKind.Personal ? Personal : None;

    public static bool TryRead(string? text, out TaxKind kind)
    {
        kind = text == Personal ? TaxKind.Personal : TaxKind.None;
        return text is None or Personal;
    }
}
