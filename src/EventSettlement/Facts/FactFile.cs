using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using EventSettlement.Platform;

namespace EventSettlement.Facts;

/// <summary>Sends a file of facts, a line each, in requests that the intake takes.</summary>
public sealed class FactFile(HttpClient api)
{
    private const int MaxTries = 3;

    /// <summary>Of everything wrong, what a person can read at once.</summary>
    private const int MaxProblems = 100;

    /// <summary>Whether what stands beside a wrong line is sent without it, or waits until that is corrected.</summary>
    public bool LeavesOutWrongLines { get; init; }

    /// <param name="keyPointer">JSON pointer to each record's key; null = the key that the topic's facts have.</param>
    /// <param name="sent">Told the lines accepted so far.</param>
    /// <exception cref="HttpRequestException">
    /// The API neither took the lines nor named the wrong ones, or did not answer at all.
    /// </exception>
    public async Task<FileSent> Send(
        string topic,
        string path,
        string? keyPointer,
        IProgress<int>? sent,
        CancellationToken cancel
    ) => await Send(topic, FactChunks.Lines(path, cancel), keyPointer, sent, cancel);

    /// <summary>The same of lines that were made from a file of another kind.</summary>
    public async Task<FileSent> Send(
        string topic,
        IAsyncEnumerable<(int Number, byte[] Bytes)> lines,
        string? keyPointer,
        IProgress<int>? sent,
        CancellationToken cancel
    )
    {
        var (accepted, more) = (0, 0);
        var problems = new List<LineProblem>();
        var refused = new HashSet<int>();
        var file = Guid.CreateVersion7().ToString("N");
        await foreach (var (number, whole) in FactChunks.Cut(lines, cancel))
        {
            var chunk = whole;
            for (var round = 0; chunk.Lines.Count > 0; round++)
            {
                var wrong = await Post(topic, keyPointer, $"{file}-{number}-{round}", chunk, cancel);
                if (wrong.Count == 0)
                {
                    accepted += chunk.Lines.Count;
                    sent?.Report(accepted);
                    break;
                }

                problems.AddRange(wrong.Take(MaxProblems - problems.Count));
                more += wrong.Count;
                refused.UnionWith(wrong.Select(p => p.Line));
                if (!LeavesOutWrongLines)
                    break;
                chunk = chunk.Without(refused);
            }
        }

        return new FileSent(accepted, problems, more - problems.Count, refused);
    }

    /// <returns>What is wrong, at least one line of the chunk; nothing when all of it was taken.</returns>
    private async Task<List<LineProblem>> Post(
        string topic,
        string? keyPointer,
        string key,
        FactChunks.Chunk chunk,
        CancellationToken cancel
    )
    {
        using var answer = await Post(topic, keyPointer, key, chunk.Bytes(), cancel);
        if (answer.StatusCode == HttpStatusCode.Accepted)
            return [];
        var text = await answer.Content.ReadAsStringAsync(cancel);
        if (answer.StatusCode == HttpStatusCode.RequestEntityTooLarge && chunk.Lines.Count == 1)
            return [new LineProblem(chunk.Lines[0], "", "too_large", "longer than one request may be")];
        var named = answer.StatusCode == HttpStatusCode.UnprocessableEntity ? Named(text, chunk.Lines) : [];
        return named.Count > 0 ? named : throw new HttpRequestException(text, null, answer.StatusCode);
    }

    // The same Idempotency-Key at each try: an answer that was lost on the way does not append the chunk again.
    private async Task<HttpResponseMessage> Post(
        string topic,
        string? keyPointer,
        string key,
        byte[] body,
        CancellationToken cancel
    )
    {
        var query = keyPointer is null ? "" : "?key=" + Uri.EscapeDataString(keyPointer);
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Post,
                $"v1/events/{Uri.EscapeDataString(topic)}{query}"
            )
            {
                Content = new ByteArrayContent(body),
            };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            request.Headers.Add("Idempotency-Key", key);
            try
            {
                return await api.SendAsync(request, cancel);
            }
            catch (HttpRequestException) when (attempt < MaxTries)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200 * attempt), cancel);
            }
        }
    }

    private static List<LineProblem> Named(string text, List<int> lines)
    {
        try
        {
            var errors = JsonSerializer.Deserialize<Refusal>(text, JsonSerializerOptions.Web)?.Errors ?? [];
            return
            [
                .. errors
                    .Where(e => e?.Line >= 1 && e.Line <= lines.Count)
                    .Select(e => new LineProblem(
                        lines[e!.Line!.Value - 1],
                        e.Pointer ?? "",
                        e.Code ?? "",
                        e.Rule ?? ""
                    )),
            ];
        }
        catch (JsonException)
        {
            // It is no answer of the intake, so no line is named; the caller throws what it is.
            return [];
        }
    }

    private sealed record Refusal(IReadOnlyList<FieldError?>? Errors);
}

/// <summary>What became of a file.</summary>
/// <param name="Accepted">Lines.</param>
/// <param name="Problems">The first ones; lines are numbered as in the file.</param>
/// <param name="More">Problems besides these.</param>
/// <param name="Refused">Numbers of all lines that the intake named as wrong.</param>
public sealed record FileSent(int Accepted, IReadOnlyList<LineProblem> Problems, int More, IReadOnlySet<int> Refused)
{
    /// <summary>A line a problem, and how many are not shown.</summary>
    public IEnumerable<string> Told()
    {
        foreach (var problem in Problems)
            yield return $"line {problem.Line}{problem.Pointer}: {problem.Code}: {problem.Rule}";
        if (More > 0)
            yield return FormattableString.Invariant($"and {More:N0} more");
    }
}
