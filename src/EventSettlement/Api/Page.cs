using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using EventSettlement.Platform;

namespace EventSettlement.Api;

/// <summary>One page of a list; <c>after</c> of one page is the parameter of the next.</summary>
public sealed record Page<T>(
    IReadOnlyList<T> Items,
    [property: JsonPropertyName("has_more")] bool HasMore,
    string? After
);

/// <summary>How far a caller has read.</summary>
public static class Paging
{
    public const int MaxLimit = 200;

    public static int Limit(int? asked) =>
        asked switch
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
            throw Unknown();
        }
    }

    /// <summary>A place in a list that is ordered by one number, which may also be given as it is shown.</summary>
    public static long Number(string? after, long first)
    {
        if (string.IsNullOrEmpty(after))
            return first;
        // Encoded digits begin with a letter, so what is all digits is a number itself.
        var text = after.All(char.IsAsciiDigit) ? after : Decode(after);
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Unknown();
    }

    /// <summary>A moment and an id within it, as lists that are ordered by both encode them.</summary>
    public static string Moment(DateTimeOffset at, string id) =>
        string.Create(CultureInfo.InvariantCulture, $"{at.UtcTicks}|{id}");

    public static (DateTimeOffset At, string Id) Moment(string? after)
    {
        if (Decode(after) is not { } text)
            return (DateTimeOffset.UnixEpoch, "");
        var end = text.IndexOf('|', StringComparison.Ordinal);
        return
            end > 0
            && long.TryParse(text.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks < DateTimeOffset.MaxValue.UtcTicks
            && PlainText.IsPlain(text)
            ? (new DateTimeOffset(ticks, TimeSpan.Zero), text[(end + 1)..])
            : throw Unknown();
    }

    public static ProblemException Unknown() =>
        ProblemException.Invalid("/after", "is the after of the page before, or the id of its last row");

    private static string Encode(string place) =>
        System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(place));
}
