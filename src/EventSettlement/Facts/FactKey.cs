using System.Globalization;
using System.Text.Json;

namespace EventSettlement.Facts;

/// <summary>The record's key out of its body, by JSON pointer (RFC 6901).</summary>
internal static class FactKey
{
    public const string Rule = "a key is text of at most 1,000 characters without control characters, or a number";

    private const int Longest = 1_000;

    /// <param name="key">Text or number at the pointer; null when there is none: any partition will do.</param>
    /// <returns>False for what cannot be kept as a key.</returns>
    public static bool TryFind(byte[] json, string pointer, out string? key)
    {
        key = null;
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 128 });
        var at = document.RootElement;
        foreach (var step in pointer.Split('/').Skip(1))
        {
            var name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out var field))
                at = field;
            else if (
                at.ValueKind == JsonValueKind.Array
                && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && index < at.GetArrayLength()
            )
                at = at[index];
            else
                return true;
        }

        if (at.ValueKind is not (JsonValueKind.String or JsonValueKind.Number))
            return true;
        key = at.ValueKind == JsonValueKind.Number ? at.GetRawText() : Text(at);
        return key is { Length: <= Longest } && !key.Any(char.IsControl);
    }

    // A fact may hold half a surrogate pair where nobody looks; it is no text.
    private static string? Text(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
