using System.Text.Json;
using System.Text.Unicode;

namespace EventSettlement.Facts;

/// <summary>
/// One JSON object in UTF-8, read strictly. Walked token by token, because a serializer would decide silently what must
/// be decided here: which of two equal keys counts, whether 3.0 is a number of won, how deep is too deep.
/// </summary>
public static class FactBody
{
    /// <summary>Bytes; a body is ≤ 900 KB.</summary>
    public const int MaxBytes = 900 * 1024;

    public const int MaxDepth = 64;

    /// <summary>2^53−1: above it a JSON producer may already have rounded.</summary>
    public const long MaxInteger = (1L << 53) - 1;

    public static readonly DateTime Earliest = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Pure: the same bytes, the same problems.</summary>
    /// <param name="body">Null is a tombstone.</param>
    /// <param name="fields">Takes what stands in the body; each value is right by itself or left out.</param>
    /// <param name="required">Fields without which there is no fact.</param>
    public static FactProblems Read<T>(
        byte[]? body,
        T fields,
        FieldReading<T> read,
        params ReadOnlySpan<string> required
    ) => Read(body, fields, read, FactProblems.Most, required);

    /// <param name="most">How many problems are told.</param>
    internal static FactProblems Read<T>(
        byte[]? body,
        T fields,
        FieldReading<T> read,
        int most,
        params ReadOnlySpan<string> required
    )
    {
        if (WholeBody(body) is var (code, rule))
            return FactProblems.Unread(code, rule);
        try
        {
            var problems = new FactProblems(most);
            var reader = new FactReader(body!, problems);
            reader.Next();
            reader.Object("", "the body is a JSON object", fields, read, required);
            reader.End();
            return problems;
        }
        catch (TooDeepException)
        {
            return FactProblems.Unread(FactCodes.TooDeep, $"at most {MaxDepth} levels");
        }
        catch (JsonException broken)
        {
            var (line, place) = (broken.LineNumber + 1, broken.BytePositionInLine);
            return FactProblems.Unread(
                FactCodes.Malformed,
                FormattableString.Invariant($"a body is one JSON object; not so at line {line}, byte {place}")
            );
        }
    }

    /// <summary>What a record's "now" is: its own time in the log, within what is known of it.</summary>
    /// <param name="appended">UTC; the log's time of the record.</param>
    /// <param name="clock">UTC by the database's clock.</param>
    public static DateTime Now(DateTime appended, DateTime clock)
    {
        var earliest = clock.AddDays(-7);
        return appended > clock ? clock
            : appended < earliest ? earliest
            : appended;
    }

    private static (string Code, string Rule)? WholeBody(byte[]? body) =>
        body is null ? (FactCodes.NullBody, "a fact has a body; null is none")
        : body.Length > MaxBytes ? (FactCodes.TooLarge, $"a body has at most {MaxBytes} bytes")
        : body.Length == 0 ? (FactCodes.Malformed, "a body is a JSON object; this one is empty")
        : body.AsSpan().StartsWith("\uFEFF"u8) ? (FactCodes.Malformed, "JSON in UTF-8 begins without a byte order mark")
        : Utf8.IsValid(body) ? null
        : (FactCodes.Malformed, "the body is valid UTF-8");
}

/// <summary>Reads the value of one field into what the caller gathers, or skips it.</summary>
public delegate void FieldReading<in T>(ref FactReader json, string name, T fields);

/// <summary>Levels past the limit; the body is not read on.</summary>
internal sealed class TooDeepException : JsonException;
