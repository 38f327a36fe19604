using System.Globalization;
using System.Text.Json;

namespace EventSettlement.StudyRefunds.Intake;

/// <summary>The record's key out of its body, by JSON pointer (RFC 6901).</summary>
internal static class FactKey
{
    /// <returns>Text or number at the pointer; null when there is none, and then any partition will do.</returns>
    public static string? Find(byte[] json, string pointer)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 128 });
        var at = document.RootElement;
        foreach (var step in pointer.Split('/').Skip(1))
        {
            var name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out var field))
                at = field;
            else if (at.ValueKind == JsonValueKind.Array
                && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                    && index < at.GetArrayLength())
                at = at[index];
            else
                return null;
        }

        return at.ValueKind switch
        {
            JsonValueKind.String => at.GetString(),
            JsonValueKind.Number => at.GetRawText(),
            _ => null,
        };
    }
}
