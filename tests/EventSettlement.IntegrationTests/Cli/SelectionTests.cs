using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace EventSettlement.IntegrationTests.Cli;

/// <summary>"Retry these N": what was looked at is what is acted on, or nothing.</summary>
[Collection(ConsoleTests.Name)]
public sealed class SelectionTests(SettledInstallation installation) : IClassFixture<SettledInstallation>
{
    [Fact]
    public async Task All_failed_of_a_run_are_retried_when_their_number_is_as_expected()
    {
        var run = await FailedRun("A", 5);
        var (exit, told, error) = await installation.Settle($"settlement retry --run {run}");
        Assert.Equal((2, ""), (exit, told));
        Assert.Contains("retry: 5, 150,000 won", error, StringComparison.Ordinal);
        Assert.Contains("--yes --expect-count 5", error, StringComparison.Ordinal);
        Assert.Equal(2, (await installation.Ended($"settlement retry --run {run} --yes --expect-count 4")).Exit);
        (exit, error) = await installation.Ended(
            $"settlement retry --run {run} --yes --expect-count 9223372036854775808"
        );
        Assert.Equal(2, exit);
        Assert.Contains("a whole number up to 2147483647", error, StringComparison.Ordinal);
        installation.Failing.Clear();
        (exit, told, error) = await installation.Settle($"settlement retry --run {run} --yes --expect-count 5");
        Assert.True(exit == 0, error);
        Assert.Equal("retry: 5 DONE, 0 REFUSED, 0 without an answer", told.TrimEnd());
        await SettledInstallation.Until(async () =>
            (await installation.Column($"settlement list --run {run} --state COMPLETED", "subject")).Length == 5
        );
        Assert.Equal(
            "retry: nothing is selected",
            (await installation.Settle($"settlement retry --run {run} --yes --expect-count 0")).Out.TrimEnd()
        );
        Assert.Equal((0, ""), await installation.Ended("ledger verify"));
    }

    [Fact]
    public async Task A_selection_of_which_one_moved_on_is_refused_and_nothing_is_done()
    {
        var run = await FailedRun("B", 3);
        var selection = await Post("/v1/selections", new { run, state = "FAILED" }, "select");
        Assert.Equal(
            (3, 90_000, "KRW"),
            ((int)selection["count"]!, (long)selection["amount"]!, (string?)selection["currency"])
        );
        Assert.Equal((0, ""), await installation.Ended("settlement hold " + await installation.SettlementOf("B-1")));
        var retry = $"/v1/selections/{selection["selectionId"]}/retry";
        var refused = await Post(retry, new { }, "retry");
        Assert.Equal((409, "selection_changed"), ((int)refused["status"]!, (string?)refused["code"]));
        Assert.Equal(
            ["FAILED", "FAILED", "FAILED"],
            await installation.Column($"settlement list --run {run}", "state")
        );
    }

    [Fact]
    public async Task A_selection_is_acted_on_once_and_tells_what_became_of_it()
    {
        var run = await FailedRun("C", 3);
        var selection = await Post("/v1/selections", new { run }, "select C");
        installation.Failing.Clear();
        var path = $"/v1/selections/{selection["selectionId"]}";
        Assert.Equal("retry", (string?)(await Post(path + "/retry", new { }, "retry C"))["verb"]);
        Assert.Equal("refused_by_state", (string?)(await Post(path + "/retry", new { }, "again C"))["code"]);
        await SettledInstallation.Until(async () => (int)(await Get(path))["done"]! == 3);
        Assert.Equal((0, 0), ((int)(await Get(path))["refused"]!, (int)(await Get(path))["waiting"]!));
    }

    [Fact]
    public async Task A_selection_of_everything_without_a_filter_is_refused()
    {
        Assert.Equal(400, (int)(await Post("/v1/selections", new { }, "all"))["status"]!);
        Assert.Equal(2, (await installation.Ended("settlement retry")).Exit);
        Assert.Equal(2, (await installation.Ended("settlement retry --state FAILED")).Exit);
    }

    /// <summary>Studies whose one member is not paid.</summary>
    private async Task<long> FailedRun(string name, int studies)
    {
        installation.Failing.Add(name);
        await installation.Take([
            .. Enumerable.Range(1, studies).Select(n => SettledInstallation.Fact($"{name}-{n}", name)),
        ]);
        var (exit, told, error) = await installation.Settle(
            "run start study-refund --date 2026-11-21 --watch --output json"
        );
        Assert.True(exit == 0, error);
        return (long)JsonNode.Parse(told)!["run_id"]!;
    }

    private async Task<JsonNode> Get(string path)
    {
        using var client = installation.Client();
        return JsonNode.Parse(await client.GetStringAsync(path))!;
    }

    private async Task<JsonNode> Post(string path, object body, string key)
    {
        using var client = installation.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        return JsonNode.Parse(await (await client.SendAsync(request)).Content.ReadAsStringAsync())!;
    }
}
