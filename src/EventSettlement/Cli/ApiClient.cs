using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EventSettlement.Cli;

/// <summary>The way to the server: address and key, problems as exit codes, lists page by page.</summary>
public sealed class ApiClient : IDisposable
{
    private const int LargestPage = 200;
    private static readonly TimeSpan CommandPatience = TimeSpan.FromSeconds(30);

    public static readonly Option<string?> Address = new("--api")
    {
        Description = "Address of the server.", Recursive = true,
    };

    public static readonly Option<string?> Key = new("--key") { Description = "API key.", Recursive = true };

    private ApiClient(string address, string? key)
    {
        if (!Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https"))
            throw new CliException(ExitCode.Usage, $"--api is an address such as http://127.0.0.1:8080, not {address}");
        Http = new HttpClient { BaseAddress = uri, Timeout = TimeSpan.FromSeconds(60) };
        if (key is not null)
            Http.DefaultRequestHeaders.Authorization = key.All(c => c is > ' ' and < (char)127)
                ? new AuthenticationHeaderValue("Bearer", key)
                : throw new CliException(ExitCode.Usage, "--key is a key as settle key create printed it");
    }

    public HttpClient Http { get; }

    /// <summary>The option, else the environment, else what ./run has written down.</summary>
    /// <param name="told">A key that stood elsewhere than in the option.</param>
    public static ApiClient Of(ParseResult parsed, string? told = null)
    {
        var (address, key) = Written();
        return new ApiClient(
            parsed.GetValue(Address) ?? Variable("EVENTSETTLEMENT_API") ?? address ?? "http://127.0.0.1:8080",
            told ?? parsed.GetValue(Key) ?? Variable("EVENTSETTLEMENT_KEY") ?? key);
    }

    public Task<JsonNode> Get(string path, CancellationToken cancel) => Send(HttpMethod.Get, path, null, cancel);

    public Task<JsonNode> Post(string path, object? body, CancellationToken cancel) =>
        Send(HttpMethod.Post, path, body, cancel);

    /// <summary>All rows when no limit is given, following <c>after</c>.</summary>
    public async IAsyncEnumerable<JsonObject> List(
        string path, int? limit, string? after,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var left = limit ?? int.MaxValue;
        while (left > 0)
        {
            var first = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var query = $"{path}{first}limit={Math.Min(left, LargestPage)}"
                + (after is null ? "" : "&after=" + Uri.EscapeDataString(after));
            var page = await Get(query, cancel);
            foreach (var row in page["items"]!.AsArray())
                yield return row!.AsObject();
            left -= page["items"]!.AsArray().Count;
            after = (string?)page["after"];
            if (!(bool)page["has_more"]! || after is null)
                yield break;
        }

        await Console.Error.WriteLineAsync($"There are more: --after {after}");
    }

    /// <summary>Posts a command and waits for what the settlement answers to it.</summary>
    public async Task<JsonNode> Command(string path, object? body, CancellationToken cancel)
    {
        var answer = await Post(path, body, cancel);
        var since = TimeProvider.System.GetTimestamp();
        while (answer["outcome"] is null)
        {
            if (TimeProvider.System.GetElapsedTime(since) > CommandPatience)
                throw new CliException(ExitCode.Unavailable,
                    $"No answer within 30 s; it stands and may still be carried out: command {answer["commandId"]}");
            await Task.Delay(200, cancel);
            answer = await Get("v1/commands/" + answer["commandId"], cancel);
        }

        return (string?)answer["outcome"] == "REFUSED"
            ? throw new CliException(ExitCode.RefusedByState,
                $"{answer["settlementId"]}: refused ({answer["code"]}): {answer["reason"]}")
            : answer;
    }

    public void Dispose() => Http.Dispose();

    private async Task<JsonNode> Send(HttpMethod method, string path, object? body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path);
        if (method == HttpMethod.Post)
        {
            request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString("N"));
            if (body is not null)
                request.Content = new StringContent(JsonSerializer.Serialize(body, JsonSerializerOptions.Web),
                    Encoding.UTF8, "application/json");
        }

        using var answer = await Http.SendAsync(request, cancel);
        var text = await answer.Content.ReadAsStringAsync(cancel);
        if (!answer.IsSuccessStatusCode)
            throw new CliException(ExitCode.Of((int)answer.StatusCode), Explain((int)answer.StatusCode, text));
        try
        {
            return JsonNode.Parse(text) ?? throw new CliException(ExitCode.Failed, "The server answered with nothing.");
        }
        catch (JsonException)
        {
            throw new CliException(
                ExitCode.Failed, $"What answers at {Http.BaseAddress} is no EventSettlement server.");
        }
    }

    /// <summary>A problem document as a line: code, what is wrong, why, and what to do.</summary>
    public static string Explain(int status, string text)
    {
        try
        {
            if (JsonNode.Parse(text) is not JsonObject problem)
                return $"The server answered {status}.";
            var why = problem["code"] is { } code && (string?)code == "refused_by_state"
                ? (string?)problem["errors"]?[0]?["code"] : null;
            return $"{problem["code"] ?? status}{(why is null or "refused_by_state" ? "" : $" ({why})")}: "
                + problem["detail"] + (problem["next"] is { } next ? $" ({next})" : "");
        }
        catch (JsonException)
        {
            return $"The server answered {status}.";
        }
    }

    private static (string? Address, string? Key) Written()
    {
        var file = Path.Combine(Variable("EVENTSETTLEMENT_HOME") ?? ".settle", "cli.json");
        if (!File.Exists(file))
            return (null, null);
        try
        {
            var written = JsonNode.Parse(File.ReadAllText(file));
            return ((string?)written?["api"], (string?)written?["key"]);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            throw new CliException(ExitCode.Failed, $"{file} is not what ./run writes: {wrong.Message}");
        }
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
