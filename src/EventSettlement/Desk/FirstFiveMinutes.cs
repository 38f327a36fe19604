using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using EventSettlement.Access;
using EventSettlement.Cli;
using EventSettlement.Payouts;
using EventSettlement.Platform;
using EventSettlement.Programmes;
using EventSettlement.Runs;

namespace EventSettlement.Desk;

/// <summary><c>./run</c>: facts in, a run of each programme to its end, and what came of it.</summary>
internal sealed class FirstFiveMinutes(DevOptions options, DevStack stack, Action<string> say) : IAsyncDisposable
{
    private const string KeyName = "run";
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(30);

    /// <summary>Without any progress of a run that was left unfinished.</summary>
    private static readonly TimeSpan EarlierLimit = TimeSpan.FromSeconds(45);
    private readonly Database _database = new(stack.ConnectionString);

    /// <summary>True when every fact was sent and every settlement of the run came to an end.</summary>
    public async Task<bool> Play(CancellationToken stop)
    {
        var key = await NewKey(stop);
        using var api = ApiClient.NewClient(stack.Api);
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var date = options.Date ?? FirstDate();
        var allSent = await new FactsIn(options, _database, api, say).Send(date, stop);
        if (options.Facts is null)
            await PutPolicies(api, date, stop);
        var queries = new RunQueries(_database);
        var allFinished = true;
        foreach (var programme in Server.Programmes)
            allFinished &= await Settle(api, queries, programme.Name, date, stop);
        return allFinished && allSent;
    }

    /// <summary>Those that the sample needs; a desk that has them keeps its own.</summary>
    private async Task PutPolicies(HttpClient api, DateOnly date, CancellationToken stop)
    {
        var size = new SampleSize(options.Studies, options.Seed, date);
        foreach (var programme in Server.Programmes)
            if (programme.SamplePolicy(size) is { } policy)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "v1/policies/" + programme.Name);
                request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString("N"));
                request.Content = JsonContent.Create(new { policy = JsonNode.Parse(policy) });
                using var answer = await api.SendAsync(request, stop);
                if (!answer.IsSuccessStatusCode && answer.StatusCode != HttpStatusCode.Conflict)
                    throw new InvalidOperationException(
                        $"The policy was refused: {await answer.Content.ReadAsStringAsync(stop)}"
                    );
            }
    }

    private async Task<bool> Settle(
        HttpClient api,
        RunQueries queries,
        string programme,
        DateOnly date,
        CancellationToken stop
    )
    {
        if (await Start(api, queries, programme, date, stop) is not { } run)
        {
            say(
                $"No run was started. When the earlier one is finished or stopped ({options.Settle} run stop ID): "
                    + $"{options.Settle} run start {programme} --date {date:yyyy-MM-dd}"
            );
            return false;
        }

        var finished = await new RunProgress(queries, say).Watch(run, RunLimit, options.Exit, stop);
        await new RunSummary(_database, options.Settle, say).Print(run, stop);
        if (!finished)
            await TellStopped(stop);
        return finished;
    }

    private async Task TellStopped(CancellationToken stop)
    {
        var known = await new DownstreamReads(_database).List([], null, null, stop);
        foreach (var one in known.Items.Where(d => d.State == "STOPPED"))
            say(
                $"Payouts to {one.Name} are stopped ({one.Code}): {one.Reason}. Set right what it refuses "
                    + "(--member-service, its key, its contract), ./run without --exit, "
                    + $"then in another terminal {options.Settle} downstream resume {one.Name}"
            );
    }

    /// <summary>A key for the command line and a login, and nothing more.</summary>
    public async Task<Uri> Open(CancellationToken stop)
    {
        await NewKey(stop);
        return await LoginAddress(stop);
    }

    public async Task<Uri> LoginAddress(CancellationToken stop) =>
        new(stack.Api, "login?code=" + await new KeyStore(_database).CreateLoginCode(KeyName, stop));

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task<string> NewKey(CancellationToken stop)
    {
        var key = await new KeyStore(_database).Create(KeyName, Role.Admin, stop);
        stack.WriteCli(key);
        return key;
    }

    /// <summary>
    /// The sample's times hang on the date, so tomorrow's run must not tell other facts of the same things.
    /// </summary>
    private DateOnly FirstDate()
    {
        var file = Path.Combine(options.Folder, "first-date");
        if (!File.Exists(file))
            File.WriteAllText(file, Seoul.DateOf(TimeProvider.System.GetUtcNow().UtcDateTime).ToString("O"));
        return DateOnly.ParseExact(File.ReadAllText(file).Trim(), "O");
    }

    /// <returns>Null when an earlier run waits for something that does not come by itself.</returns>
    private async Task<long?> Start(
        HttpClient api,
        RunQueries queries,
        string programme,
        DateOnly date,
        CancellationToken stop
    )
    {
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/runs");
            request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString("N"));
            // The date was told, or is the desk's first one: a clock that was shifted back changes nothing about that.
            request.Content = JsonContent.Create(
                new
                {
                    programme,
                    date,
                    future = true,
                }
            );
            using var answer = await api.SendAsync(request, stop);
            if (answer.IsSuccessStatusCode && (await queries.List(1, null, stop)).FirstOrDefault() is { } newest)
            {
                say($"Run {newest.Run.Id}: {programme} for {date:yyyy-MM-dd}");
                return newest.Run.Id;
            }
            if (answer.StatusCode != HttpStatusCode.Conflict)
                throw new InvalidOperationException(
                    $"The run was refused: {await answer.Content.ReadAsStringAsync(stop)}"
                );
            if (await queries.ShowUnfinished(programme, stop) is not { } earlier)
                continue;
            say($"Run {earlier.Run.Id} is not finished yet, it goes first: {RunWaits.Describe(earlier)}");
            var ended = await new RunProgress(queries, say).Watch(earlier.Run.Id, EarlierLimit, options.Exit, stop);
            await new RunSummary(_database, options.Settle, say).Print(earlier.Run.Id, stop);
            // One that was stopped meanwhile holds nothing up.
            if (!ended && await queries.ShowUnfinished(programme, stop) is not null)
                return null;
        }
    }
}
