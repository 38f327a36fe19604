using System.Text.Json;
using System.Text.Unicode;

namespace EventSettlement.StudyRefunds.Facts;

/// <summary>
/// Bytes to a fact, or to the rules they break. Pure: the same bytes at the same time, the same outcome.
/// </summary>
public static class StudyFactDecoder
{
    /// <summary>Bytes; a body is ≤ 900 KB.</summary>
    public const int MaxBytes = 900 * 1024;

    public const int MaxDepth = 64;
    public const int MaxParticipants = 10_000;
    public const int MaxAbsences = 10_000;

    /// <summary>2^53−1: above it a JSON producer may already have rounded.</summary>
    public const long MaxAmount = (1L << 53) - 1;

    public static readonly DateTime Earliest = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <param name="body">Null is a tombstone.</param>
    /// <param name="now">UTC by the database's clock; facts from the future are refused after one day.</param>
    public static DecodedFact Decode(byte[]? body, DateTime now)
    {
        if (body is null)
            return Refused(FactCodes.NullBody, "a fact has a body; null is none");
        if (body.Length > MaxBytes)
            return Refused(FactCodes.TooLarge, $"a body has at most {MaxBytes} bytes");
        if (body.Length == 0)
            return Refused(FactCodes.Malformed, "a body is a JSON object; this one is empty");
        if (body.AsSpan().StartsWith("\uFEFF"u8))
            return Refused(FactCodes.Malformed, "JSON in UTF-8 begins without a byte order mark");
        if (!Utf8.IsValid(body))
            return Refused(FactCodes.Malformed, "the body is valid UTF-8");
        var reader = new FactReader(body);
        try
        {
            reader.Read();
        }
        catch (TooDeepException)
        {
            return Refused(FactCodes.TooDeep, $"at most {MaxDepth} levels");
        }
        catch (JsonException wrong)
        {
            return Refused(
                FactCodes.Malformed,
                FormattableString.Invariant(
                    $"a body is one JSON object; not so at line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine}"
                )
            );
        }

        return FactRules.Judge(reader.Fields, now);
    }

    private static DecodedFact Refused(string code, string rule) => new(null, [new FactProblem(code, "", rule)]);
}
