using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using EventSettlement.Access;
using EventSettlement.IntegrationTests.Api;
using EventSettlement.IntegrationTests.Cli;
using EventSettlement.Tests.Fuzz.Shared;
using Xunit.Abstractions;

namespace EventSettlement.IntegrationTests.Fuzz.Http;

/// <summary>
/// Requests made from the served description, right and wrong in all ways, eight at a time: no failure inside, none
/// over a second, every refusal explained and without effect, and the server settles as before afterwards.
/// </summary>
[Collection(ConsoleTests.Name)]
public sealed class ApiFuzzTests(SettledInstallation installation, ITestOutputHelper output)
    : IClassFixture<SettledInstallation>
{
    private const int AtOnce = 8;
    private const int ChunkSize = 250;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly ConcurrentBag<double> _times = [];
    private readonly ConcurrentDictionary<int, int> _statuses = [];

    [Fact]
    public async Task Refused_requests_change_nothing_and_after_all_kinds_of_them_the_server_goes_on_settling()
    {
        var supplies = await Supplies();
        await RefusedChangeNothing(supplies);
        await Send(supplies, FuzzPlan.Cases(quick: 1_000, full: 35_000), refused: false);
        foreach (var run in await installation.Column("run list", "run_id"))
            await installation.Ended("run stop " + run);
        await installation.Take(SettledInstallation.Fact("S-AFTER", "M-1"));
        Assert.Equal((0, ""), await installation.Ended("run start study-refund --date 2026-11-21"));
        await SettledInstallation.Until(async () =>
            (await installation.Column("settlement list --subject S-AFTER", "state")) is ["COMPLETED"]
        );
        Assert.Equal((0, ""), await installation.Ended("ledger verify"));
    }

    private async Task RefusedChangeNothing(HttpSupplies supplies)
    {
        var before = await Business();
        var audited = await Audited();
        var carriedOut = await Send(supplies, FuzzPlan.Cases(quick: 500, full: 15_000), refused: true);
        Assert.Equal(before, await Business());
        Assert.Equal(audited + carriedOut, await Audited());
    }

    /// <returns>How many were carried out, to whatever end.</returns>
    private async Task<int> Send(HttpSupplies supplies, int cases, bool refused)
    {
        using var client = installation.Client(
            new SocketsHttpHandler
            {
                MaxConnectionsPerServer = AtOnce,
                AllowAutoRedirect = false,
                UseCookies = false,
                RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            }
        );
        // Who sends no key has none.
        client.DefaultRequestHeaders.Authorization = null;
        _times.Clear();
        _statuses.Clear();
        var carriedOut = 0;
        var since = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, cases / ChunkSize),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (chunk, _) =>
            {
                var made = new HttpCases(new Random(FuzzPlan.Seed + chunk), supplies);
                for (var n = 0; n < ChunkSize; n++)
                    if (await Ask(client, made.Next(refused), $"chunk {chunk}, case {n}"))
                        Interlocked.Increment(ref carriedOut);
            }
        );
        var times = _times.Order().ToArray();
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{cases:N0} requests in {Stopwatch.GetElapsedTime(since).TotalSeconds:N1} s; median "
                    + $"{times[times.Length / 2]:N1} ms, longest {times[^1]:N0} ms; {FuzzPlan.Again}"
            )
        );
        output.WriteLine(string.Join(", ", _statuses.OrderBy(s => s.Key).Select(s => $"{s.Key}: {s.Value}")));
        return carriedOut;
    }

    private async Task<bool> Ask(HttpClient client, HttpCase asked, string which)
    {
        if (await AnswerOrEnd(client, asked, which) is not { } answered)
            return false;
        var (status, type, body, took) = answered;
        _times.Add(took.TotalMilliseconds);
        _statuses.AddOrUpdate(status, 1, (_, known) => known + 1);
        var wrong = AnswerCheck.Of(asked, status, type, body);
        // A command waits two seconds for the saga before it is answered with its address: that is no hang.
        if (wrong is null && took > Longest && status != 202 && await IsSlowAgain(client, asked))
            wrong = "more than a second, each time";
        Assert.True(wrong is null, $"{wrong}: {status} {body}\n{asked}\n{FuzzPlan.Again}, {which}");
        return asked.Method == asked.Operation.Method && asked.Operation.IsChanging && CarriedOut.Is(status, body);
    }

    // The web server ends the connection of a request that goes on sending what was refused already, and of the next
    // one that was on its way over it. Such an end is no answer, so the request is sent once more.
    private static async Task<(int Status, string? Type, string Body, TimeSpan Took)?> AnswerOrEnd(
        HttpClient client,
        HttpCase asked,
        string which
    )
    {
        for (var times = 1; ; times++)
            try
            {
                return await Answer(client, asked);
            }
            catch (HttpRequestException ended)
            {
                if (asked.IsTooLarge)
                    return null;
                Assert.True(times < 3, $"no answer: {ended}\n{asked}\n{FuzzPlan.Again}, {which}");
            }
    }

    private static async Task<bool> IsSlowAgain(HttpClient client, HttpCase asked)
    {
        for (var times = 0; times < 3; times++)
            if ((await Answer(client, asked)).Took < Longest)
                return false;
        return true;
    }

    private static async Task<(int Status, string? Type, string Body, TimeSpan Took)> Answer(
        HttpClient client,
        HttpCase asked
    )
    {
        var since = Stopwatch.GetTimestamp();
        using var message = asked.Message();
        using var answer = await client.SendAsync(message);
        var body = await answer.Content.ReadAsStringAsync();
        return (
            (int)answer.StatusCode,
            answer.Content.Headers.ContentType?.MediaType,
            body,
            Stopwatch.GetElapsedTime(since)
        );
    }

    private async Task<HttpSupplies> Supplies()
    {
        using var client = installation.Client();
        var document = await RunningApi.Json(await client.GetAsync("/openapi/v1.json"));
        var keys = new List<string>();
        foreach (var role in Enum.GetValues<Role>())
            keys.Add(await installation.Key($"fuzz {role}", role));
        var settlements = await installation.Column("settlement list --limit 20", "settlement_id");
        return new HttpSupplies(
            Operation.Of(document),
            [.. keys],
            [.. settlements, await installation.SettlementOf("S-GONE"), "00000000-0000-0000-0000-000000000001"]
        );
    }

    private async Task<long> Audited() => long.Parse(await installation.Text("SELECT count(*) FROM audit"), null);

    private async Task<string> Business()
    {
        var all = new StringBuilder();
        foreach (
            var table in (string[])
                [
                    "study",
                    "run",
                    "settlement_request",
                    "settlement_item",
                    "settlement",
                    "command",
                    "selection",
                    "downstream",
                    "parked_message",
                    "posting",
                    "policy",
                    "api_key",
                    "settlement_history",
                    "log_head",
                    "payee_tax",
                ]
        )
            all.AppendLine(
                await installation.Text(
                    $"""
                    SELECT '{table} ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '')
                    FROM {table} t
                    """
                )
            );
        return all.ToString();
    }
}
