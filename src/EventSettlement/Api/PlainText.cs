using EventSettlement.Platform;

namespace EventSettlement.Api;

/// <summary>Text from outside that is kept: trimmed, short, of characters that every store takes.</summary>
internal static class PlainText
{
    public const int Longest = 500;

    public static string Needed(string? text, string pointer) =>
        Optional(text, pointer) ?? throw ProblemException.Invalid(pointer, $"is a text of 1 to {Longest} characters");

    /// <returns>Null where it is not given.</returns>
    public static string? Optional(string? text, string pointer)
    {
        if (text is null)
            return null;
        var trimmed = text.Trim();
        if (trimmed.Length is 0 or > Longest)
            throw ProblemException.Invalid(pointer, $"is a text of 1 to {Longest} characters");
        return IsPlain(trimmed)
            ? trimmed
            : throw ProblemException.Invalid(pointer, "has no control characters other than line ends and tabs");
    }

    public static bool IsPlain(string text) => !text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'));
}
