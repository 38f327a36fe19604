using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using EventSettlement.Access;
using EventSettlement.Contracts;
using EventSettlement.Platform;
using EventSettlement.Runs;

namespace EventSettlement.Dev;

/// <summary><c>./run</c>: facts in, one run of study refunds to its end, and what came of it.</summary>
internal sealed class FirstFiveMinutes(DevOptions options, DevStack stack, Action<string> say) : IAsyncDisposable
{
    private const string KeyName = "run";
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(30);

    /// <summary>Without any progress of a run that was left unfinished.</summary>
    private static readonly TimeSpan EarlierLimit = TimeSpan.FromSeconds(45);
    private readonly Database database = new(stack.ConnectionString);

    /// <summary>True when every fact was sent and every settlement of the run came to an end.</summary>
    public async Task<bool> Play(CancellationToken stop)
    {
        var key = await NewKey(stop);
        using var api = new HttpClient { BaseAddress = stack.Api };
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var date = options.Date ?? FirstDate();
        var allSent = await new FactsIn(options, database, api, say).Send(date, stop);
        var queries = new RunQueries(database);
        if (await Start(api, queries, date, stop) is not { } run)
        {
            say(
                $"No run was started. When the earlier one is finished or stopped ({options.Settle} run stop ID): "
                    + $"{options.Settle} run start {Programmes.StudyRefund} --date {date:yyyy-MM-dd}"
            );
            return false;
        }
        var progress = new RunProgress(queries, say);
        var finished = await progress.Watch(run, RunLimit, stop);
        await new RunSummary(database, options.Settle, say).Print(run, stop);
        return finished && allSent;
    }

    /// <summary>A key for the command line and a login, and nothing more.</summary>
    public async Task<Uri> Open(CancellationToken stop)
    {
        await NewKey(stop);
        return await LoginAddress(stop);
    }

    public async Task<Uri> LoginAddress(CancellationToken stop) =>
        new(stack.Api, "login?code=" + await new KeyStore(database).CreateLoginCode(KeyName, stop));

    public ValueTask DisposeAsync() => database.DisposeAsync();

    private async Task<string> NewKey(CancellationToken stop)
    {
        var key = await new KeyStore(database).Create(KeyName, Role.Admin, stop);
        stack.WriteCli(key);
        return key;
    }

    /// <summary>
    /// The sample's times hang on the date, so tomorrow's run must not tell other facts of the same studies.
    /// </summary>
    private DateOnly FirstDate()
    {
        var file = Path.Combine(options.Folder, "first-date");
        if (!File.Exists(file))
            File.WriteAllText(
                file,
                RunCalendar.BusinessDate(TimeProvider.System.GetUtcNow().UtcDateTime).ToString("O")
            );
        return DateOnly.ParseExact(File.ReadAllText(file).Trim(), "O");
    }

    /// <returns>Null when an earlier run waits for something that does not come by itself.</returns>
    private async Task<long?> Start(HttpClient api, RunQueries queries, DateOnly date, CancellationToken stop)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/runs");
            request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString("N"));
            request.Content = JsonContent.Create(new { programme = Programmes.StudyRefund, date });
            using var answer = await api.SendAsync(request, stop);
            if (answer.IsSuccessStatusCode && (await queries.List(1, null, stop)).FirstOrDefault() is { } newest)
            {
                say($"Run {newest.Id}: study refunds for {date:yyyy-MM-dd}");
                return newest.Id;
            }
            if (answer.StatusCode != HttpStatusCode.Conflict)
                throw new InvalidOperationException(
                    $"The run was refused: {await answer.Content.ReadAsStringAsync(stop)}"
                );
            if (await queries.ShowUnfinished(Programmes.StudyRefund, stop) is not { } earlier)
                continue;
            say($"Run {earlier.Run.Id} is not finished yet, it goes first: {RunWaits.Of(earlier)}");
            var ended = await new RunProgress(queries, say).Watch(earlier.Run.Id, EarlierLimit, stop);
            await new RunSummary(database, options.Settle, say).Print(earlier.Run.Id, stop);
            // One that was stopped meanwhile holds nothing up.
            if (!ended && await queries.ShowUnfinished(Programmes.StudyRefund, stop) is not null)
                return null;
        }
    }
}
