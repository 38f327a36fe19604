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
        Description = "Address of the server.",
        Recursive = true,
    };

    public static readonly Option<string?> Key = new("--key") { Description = "API key.", Recursive = true };

    private ApiClient(Uri address, string? key)
    {
        Http = NewClient(address);
        Http.Timeout = TimeSpan.FromSeconds(60);
        if (key is not null)
            Http.DefaultRequestHeaders.Authorization = key.All(c => c is > ' ' and < (char)127)
                ? new AuthenticationHeaderValue("Bearer", key)
                : throw new CliException(ExitCode.Usage, "--key is a key as settle key create printed it");
    }

    public HttpClient Http { get; }

    /// <summary>No proxy stands between a program and its own machine, whatever the environment says.</summary>
    public static HttpClient NewClient(Uri address) =>
        new(new SocketsHttpHandler { UseProxy = !address.IsLoopback }) { BaseAddress = address };

    /// <summary>The option, else the environment, else what ./run has written down.</summary>
    /// <param name="keyGiven">A key that stood elsewhere than in the option.</param>
    public static ApiClient Open(ParseResult parsed, string? keyGiven = null)
    {
        var (address, key) = ServerKey.Find(parsed.GetValue(Address), keyGiven ?? parsed.GetValue(Key));
        return new ApiClient(address, key);
    }

    /// <summary>The end of a command that was answered by something else than a server of this version.</summary>
    public static CliException Stranger(string at) =>
        new(
            ExitCode.Failed,
            $"What answers at {at} does not answer as this version of settle does: is that the address of a server? "
                + "(--api, EVENTSETTLEMENT_API)"
        );

    public Task<JsonNode> Get(string path, CancellationToken cancel) => Send(HttpMethod.Get, path, null, cancel);

    public Task<JsonNode> Post(string path, object? body, CancellationToken cancel) =>
        Send(
            HttpMethod.Post,
            path,
            body is null ? null : JsonSerializer.Serialize(body, JsonSerializerOptions.Web),
            cancel
        );

    /// <summary>Posts a body that is JSON already, as it is written.</summary>
    public Task<JsonNode> PostWritten(string path, string json, CancellationToken cancel) =>
        Send(HttpMethod.Post, path, json, cancel);

    /// <summary>All rows when no limit is given, following <c>after</c>.</summary>
    /// <param name="read">Told of each page, for what it says beside its rows.</param>
    public async IAsyncEnumerable<JsonObject> List(
        string path,
        int? limit,
        string? after,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel,
        Action<JsonNode>? read = null
    )
    {
        var left = limit ?? int.MaxValue;
        while (left > 0)
        {
            var first = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var query =
                $"{path}{first}limit={Math.Min(left, LargestPage)}"
                + (after is null ? "" : "&after=" + Uri.EscapeDataString(after));
            var page = await Get(query, cancel);
            read?.Invoke(page);
            foreach (var row in page.Rows("items"))
            {
                yield return row;
                left--;
            }

            after = page.Text("after");
            if (!page.Flag("has_more") || after is null)
                yield break;
        }

        await Console.Error.WriteLineAsync($"There are more: --after {after}");
    }

    /// <summary>Posts a command and waits for what the settlement answers to it.</summary>
    public async Task<JsonNode> Command(string path, object? body, CancellationToken cancel)
    {
        var answer = await Post(path, body, cancel);
        var since = TimeProvider.System.GetTimestamp();
        while (answer.Text("outcome") is null)
        {
            var command = answer.Text("commandId") ?? throw new ForeignAnswerException();
            if (TimeProvider.System.GetElapsedTime(since) > CommandPatience)
                throw new CliException(
                    ExitCode.Unavailable,
                    $"No answer within 30 s; it stands and may still be carried out: command {command}"
                );
            await Task.Delay(200, cancel);
            answer = await Get("v1/commands/" + command, cancel);
        }

        return answer.Text("outcome") == "REFUSED"
            ? throw new CliException(
                ExitCode.RefusedByState,
                $"{answer["settlementId"]}: refused ({answer["code"]}): {answer["reason"]}"
            )
            : answer;
    }

    public void Dispose() => Http.Dispose();

    private async Task<JsonNode> Send(HttpMethod method, string path, string? json, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path);
        if (method == HttpMethod.Post)
        {
            request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString("N"));
            if (json is not null)
                request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        using var answer = await Http.SendAsync(request, cancel);
        var text = await answer.Content.ReadAsStringAsync(cancel);
        if ((int)answer.StatusCode >= 400)
            throw new CliException(
                ExitCode.ForStatus((int)answer.StatusCode),
                Explain((int)answer.StatusCode, text),
                ProblemIn(text)
            );
        try
        {
            return JsonNode.Parse(text) is JsonObject { Count: > 0 } told && answer.IsSuccessStatusCode
                ? told
                : throw Stranger($"{Http.BaseAddress}");
        }
        catch (JsonException)
        {
            throw Stranger($"{Http.BaseAddress}");
        }
    }

    /// <summary>A problem document as a line: code, what is wrong, why, and what to do.</summary>
    public static string Explain(int status, string text)
    {
        try
        {
            if (ProblemIn(text) is not { } problem || problem.Text("detail") is not { } detail)
                return $"The server answered {status}.";
            var code = problem.Text("code");
            var why = code == "refused_by_state" ? problem.Rows("errors").FirstOrDefault()?.Text("code") : null;
            return $"{code ?? $"{status}"}{(why is null or "refused_by_state" ? "" : $" ({why})")}: {detail}"
                + (problem.Text("next") is { } next ? $" ({next})" : "");
        }
        catch (ForeignAnswerException)
        {
            return $"The server answered {status}.";
        }
    }

    /// <returns>Null where it is no JSON object.</returns>
    private static JsonObject? ProblemIn(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
