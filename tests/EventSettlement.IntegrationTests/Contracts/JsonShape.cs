using System.Text.Json;

namespace EventSettlement.IntegrationTests.Contracts;

/// <summary>
/// Two JSON texts by their shape: the same fields everywhere, values of the same kind, and where a field is named as
/// exact the same value.
/// </summary>
public static class JsonShape
{
    public static IEnumerable<string> Differences(string expected, string actual, IReadOnlySet<string> exact)
    {
        if (expected.Length == 0 || actual.Length == 0)
            return expected.Length == actual.Length ? [] : [$"the body is {Shown(actual)}"];
        using var wanted = JsonDocument.Parse(expected);
        using var told = JsonDocument.Parse(actual);
        return Differences(wanted.RootElement.Clone(), told.RootElement.Clone(), "", false, exact);
    }

    private static IEnumerable<string> Differences(
        JsonElement wanted,
        JsonElement told,
        string at,
        bool same,
        IReadOnlySet<string> exact
    )
    {
        if (wanted.ValueKind != told.ValueKind)
            return [$"{at} is {Shown(told.GetRawText())} instead of {Shown(wanted.GetRawText())}"];
        return wanted.ValueKind switch
        {
            JsonValueKind.Object => OfObjects(wanted, told, at, exact),
            JsonValueKind.Array => OfArrays(wanted, told, at, exact),
            _ => !same || wanted.ToString() == told.ToString() ? [] : [$"{at} is {told} instead of {wanted}"],
        };
    }

    private static IEnumerable<string> OfObjects(
        JsonElement wanted,
        JsonElement told,
        string at,
        IReadOnlySet<string> exact
    )
    {
        var names = wanted.EnumerateObject().Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var others = told.EnumerateObject().Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        return names
            .Except(others)
            .Select(missing => $"{at}/{missing} is missing")
            .Concat(others.Except(names).Select(more => $"{at}/{more} is there and not on the page"))
            .Concat(
                names
                    .Intersect(others)
                    .SelectMany(name =>
                        Differences(
                            wanted.GetProperty(name),
                            told.GetProperty(name),
                            $"{at}/{name}",
                            exact.Contains(name),
                            exact
                        )
                    )
            );
    }

    private static IEnumerable<string> OfArrays(
        JsonElement wanted,
        JsonElement told,
        string at,
        IReadOnlySet<string> exact
    ) =>
        wanted.GetArrayLength() != told.GetArrayLength()
            ? [$"{at} has {told.GetArrayLength()} elements instead of {wanted.GetArrayLength()}"]
            : wanted
                .EnumerateArray()
                .Zip(told.EnumerateArray())
                .SelectMany((pair, n) => Differences(pair.First, pair.Second, $"{at}/{n}", false, exact));

    private static string Shown(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
