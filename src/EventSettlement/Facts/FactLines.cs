using System.Text.Json;

namespace EventSettlement.Facts;

/// <summary>A body of facts: one JSON value, or one a line (NDJSON). Empty lines do not count.</summary>
public static class FactLines
{
    public const int MaxLines = 1_000;

    /// <summary>Bytes; 1 MB.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <param name="lines">Number of the line in the body, from 1, and its bytes.</param>
    /// <returns>False when there are more than <see cref="MaxLines"/>.</returns>
    public static bool TrySplit(byte[] body, bool newlineDelimited, out List<(int Line, byte[] Json)> lines)
    {
        lines = [];
        if (!newlineDelimited && IsOneValue(body))
        {
            lines.Add((1, body));
            return true;
        }

        var rest = body.AsSpan();
        for (var number = 1; rest.Length > 0; number++)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            if (line.Trim(" \t\r"u8).IsEmpty)
                continue;
            if (lines.Count == MaxLines)
                return false;
            lines.Add((number, line.TrimEnd((byte)'\r').ToArray()));
        }

        return true;
    }

    // A value spread over lines is one fact; what is no JSON at all is told line by line.
    private static bool IsOneValue(byte[] body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 256 });
        try
        {
            while (reader.Read())
                continue;
            return true;
        }
        catch (JsonException)
        {
            return !AnObjectEndsALine(body);
        }
    }

    private static bool AnObjectEndsALine(ReadOnlySpan<byte> rest)
    {
        for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
            if (rest[..end].TrimEnd(" \t\r"u8) is [.., (byte)'}'])
                return true;
        return false;
    }
}
