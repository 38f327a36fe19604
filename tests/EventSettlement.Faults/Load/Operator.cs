using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EventSettlement.Faults.Running.Asked;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Load;

/// <summary>Calls the API as an operator does, at whichever server answers, and notes what was answered.</summary>
internal sealed class Operator : IDisposable
{
    // No answer to the request: the first one with this key was cut off, and its key is free after a minute.
    private const string StillAtWork = "\"code\":\"idempotency_in_progress\"";
    private readonly Installation _world;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(6) };
    private int _turn;
    private int _actions;

    public Operator(Installation world)
    {
        _world = world;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", world.Key);
    }

    /// <summary>Keys of requests other than facts whose answers are kept: carried out, or in conflict.</summary>
    public ConcurrentDictionary<string, string> Answered { get; } = [];

    /// <returns>Status 0 where nobody answered.</returns>
    public async Task<(int Status, string Body)> Post(string path, string body, string key, string type)
    {
        var up = _world.Members.Where(m => !m.IsDown && !m.IsFrozen).ToList();
        if (up.Count == 0)
            return (0, "");
        var member = up[(Interlocked.Increment(ref _turn) & 0xffff) % up.Count];
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(member.Url, path));
            request.Content = new StringContent(body, Encoding.UTF8, type);
            request.Headers.Add("Idempotency-Key", key);
            using var answer = await _http.SendAsync(request);
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException or IOException)
        {
            return (0, "");
        }
    }

    /// <summary>A command on a settlement, such as <c>cancel</c>; answers its status and body.</summary>
    public async Task<(int Status, string Body)> Ask(string path, object body, string? key = null)
    {
        key ??= string.Create(
            CultureInfo.InvariantCulture,
            $"act-{_world.Plan.Seed}-{Interlocked.Increment(ref _actions)}"
        );
        var answer = await Post(path, JsonSerializer.Serialize(body), key, "application/json");
        if (answer.Status is (> 0 and < 400) or 409 && !answer.Body.Contains(StillAtWork, StringComparison.Ordinal))
            Answered[key] = $"POST {path} -> {answer.Status}";
        return answer;
    }

    /// <summary>True for a new run, false where one is unfinished or nobody answers.</summary>
    public async Task<bool> StartRun()
    {
        var date = DateTime.UtcNow.AddHours(9).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return (await Ask("v1/runs", new { programme = "study-refund", date })).Status == 201;
    }

    public void Dispose() => _http.Dispose();
}
