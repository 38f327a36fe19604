namespace EventSettlement.Facts;

/// <summary>The rule of ids, in facts and in whatever else names the same people and things.</summary>
public static class FactId
{
    public const string Rule = "text of 1 to 64 characters without control characters";

    // A character is at most two UTF-16 units: what is longer need not be counted.
    public static bool IsRight(string text) =>
        text.Length is > 0 and <= 128 && text.EnumerateRunes().Count() <= 64 && !text.Any(char.IsControl);
}
