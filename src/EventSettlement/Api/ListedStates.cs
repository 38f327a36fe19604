using EventSettlement.Platform;

namespace EventSettlement.Api;

/// <summary>One or more states that a list is asked for, separated by commas.</summary>
internal static class ListedStates
{
    /// <returns>Null for any.</returns>
    public static string[]? Read(string? asked, IReadOnlyList<string> known)
    {
        if (string.IsNullOrWhiteSpace(asked))
            return null;
        var states = asked
            .ToUpperInvariant()
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return states.All(known.Contains)
            ? states
            : throw ProblemException.Invalid("/state", "is one of " + string.Join(", ", known));
    }
}
