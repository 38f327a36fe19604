using System.Globalization;

namespace EventSettlement.Payouts;

/// <summary>The key that items show: settlement, number, and a generation that may be left out.</summary>
internal static class ItemKey
{
    private const int GuidLength = 36;

    /// <returns>Null for what is none.</returns>
    public static (Guid Settlement, int No)? Parse(string key)
    {
        var name = key.EndsWith(":1", StringComparison.Ordinal) ? key[..^2] : key;
        return
            name.Length > GuidLength + 1
            && name[GuidLength] == '-'
            && Guid.TryParseExact(name[..GuidLength], "D", out var id)
            && int.TryParse(name.AsSpan(GuidLength + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var no)
            ? (id, no)
            : null;
    }
}
