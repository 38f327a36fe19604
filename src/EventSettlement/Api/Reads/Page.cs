using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace EventSettlement.Api;

/// <summary>One page of a list; <c>after</c> of one page is the parameter of the next.</summary>
public sealed record Page<T>(
    IReadOnlyList<T> Items, [property: JsonPropertyName("has_more")] bool HasMore, string? After);

/// <summary>How far a caller has read.</summary>
public static class Paging
{
    public const int MaxLimit = 200;

    public static int Limit(int? asked) => asked switch
    {
        null => 50,
        >= 1 and <= MaxLimit => asked.Value,
        _ => throw ProblemException.Invalid("/limit", $"is 1 to {MaxLimit}"),
    };

    /// <param name="rows">One more than asked for when there are more.</param>
    public static Page<T> Cut<T>(List<T> rows, int limit, Func<T, string> place)
    {
        var more = rows.Count > limit;
        if (more)
            rows.RemoveAt(rows.Count - 1);
        return new Page<T>(rows, more, more ? Encode(place(rows[^1])) : null);
    }

    public static string? Decode(string? after)
    {
        if (string.IsNullOrEmpty(after))
            return null;
        try
        {
            return Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(after));
        }
        catch (FormatException)
        {
            throw ProblemException.Invalid("/after", "is the after of the page before");
        }
    }

    /// <summary>A place in a list that is ordered by one number.</summary>
    public static long Number(string? after, long first) => Decode(after) is not { } text
        ? first
        : long.TryParse(text, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ProblemException.Invalid("/after", "is the after of the page before");

    private static string Encode(string place) =>
        System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(place));
}
