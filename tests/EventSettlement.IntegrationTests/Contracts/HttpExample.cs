using System.Net.Http.Headers;
using System.Text;

namespace EventSettlement.IntegrationTests.Contracts;

/// <summary>A request or an answer as a page writes it: first line, headers, an empty line, body.</summary>
public sealed record HttpExample(string First, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public static HttpExample Parse(string text, bool withoutFirst = false)
    {
        var cut = text.IndexOf("\n\n", StringComparison.Ordinal);
        var head = (cut < 0 ? text : text[..cut]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var headers = head.Skip(withoutFirst ? 0 : 1)
            .Select(line => line.Split(": ", 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        return new HttpExample(withoutFirst ? "" : head[0], headers, cut < 0 ? "" : text[(cut + 2)..].TrimEnd('\n'));
    }

    public int Status => int.Parse(First.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    public HttpRequestMessage Request()
    {
        var words = First.Split(' ');
        var request = new HttpRequestMessage(new HttpMethod(words[0]), words[1])
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body)),
        };
        foreach (var (name, value) in Headers)
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    /// <summary>Where an answer departs from this one.</summary>
    public async Task<IEnumerable<string>> Differences(HttpResponseMessage answer, IReadOnlySet<string> exact)
    {
        var found = new List<string>();
        if ((int)answer.StatusCode != Status)
            found.Add($"status {(int)answer.StatusCode} instead of {Status}");
        foreach (var (name, value) in Headers)
            if (Told(answer, name) is var told && told != value)
                found.Add($"{name}: {told ?? "none"} instead of {value}");
        var body = await answer.Content.ReadAsStringAsync();
        return found.Concat(JsonShape.Differences(Body, body, exact));
    }

    private static string? Told(HttpResponseMessage answer, string name) =>
        name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) ? MediaType(answer.Content.Headers.ContentType)
        : answer.Headers.TryGetValues(name, out var values) ? string.Join(',', values)
        : null;

    private static string? MediaType(MediaTypeHeaderValue? type) => type?.MediaType;
}
