using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace EventSettlement.StudyRefunds.Intake;

/// <summary>Sends a file of facts, a line each, in requests that the intake takes.</summary>
public sealed class FactFile(HttpClient api)
{
    private const int MaxTries = 3;

    /// <summary>Of everything wrong, what a person can read at once.</summary>
    private const int MaxProblems = 100;

    /// <param name="keyPointer">JSON pointer to each record's key; null = the study id.</param>
    /// <param name="sent">Told the lines accepted so far.</param>
    /// <exception cref="HttpRequestException">The API answered neither 202 nor 422, or not at all.</exception>
    public async Task<FactsAnswer> Send(
        string topic, string path, string? keyPointer, IProgress<int>? sent, CancellationToken cancel)
    {
        var accepted = 0;
        var problems = new List<LineProblem>();
        var file = Guid.CreateVersion7().ToString("N");
        await foreach (var (number, chunk) in FactChunks.Read(path, cancel))
        {
            using var answer = await Post(topic, keyPointer, $"{file}-{number}", chunk.Bytes, cancel);
            if (answer.StatusCode == HttpStatusCode.UnprocessableEntity)
            {
                problems.AddRange(await ReadProblems(answer, chunk.Lines, cancel));
                if (problems.Count >= MaxProblems)
                    break;
                continue;
            }

            if (answer.StatusCode != HttpStatusCode.Accepted)
                throw new HttpRequestException(await answer.Content.ReadAsStringAsync(cancel), null, answer.StatusCode);
            accepted += chunk.Lines.Count;
            sent?.Report(accepted);
        }

        return new FactsAnswer(accepted, problems);
    }

    // The same Idempotency-Key at each try: an answer that was lost on the way does not append the chunk again.
    private async Task<HttpResponseMessage> Post(
        string topic, string? keyPointer, string key, byte[] body, CancellationToken cancel)
    {
        var query = keyPointer is null ? "" : "?key=" + Uri.EscapeDataString(keyPointer);
        for (var attempt = 1; ; attempt++)
        {
            using var request =
                new HttpRequestMessage(HttpMethod.Post, $"v1/events/{Uri.EscapeDataString(topic)}{query}")
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

    private static async Task<List<LineProblem>> ReadProblems(
        HttpResponseMessage answer, List<int> lines, CancellationToken cancel)
    {
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(cancel);
        var found = new List<LineProblem>();
        if (problem.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array)
            foreach (var error in errors.EnumerateArray())
                found.Add(new LineProblem(lines[error.GetProperty("line").GetInt32() - 1],
                    error.GetProperty("pointer").GetString()!, error.GetProperty("code").GetString()!,
                    error.GetProperty("rule").GetString()!));
        if (found.Count == 0)
            found.Add(new LineProblem(lines[0], "", "refused", problem.ToString()));
        return found;
    }
}
