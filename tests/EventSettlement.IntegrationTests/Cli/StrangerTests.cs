using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EventSettlement.IntegrationTests.Cli;

/// <summary>The command line against something that is no EventSettlement server, and what it tells to whom.</summary>
[Collection(ConsoleTests.Name)]
public sealed class StrangerTests : IAsyncLifetime
{
    private const string Settlement = "00000000-0000-0000-0000-000000000001";
    private static readonly string[] Names = ["EVENTSETTLEMENT_HOME", "EVENTSETTLEMENT_API", "EVENTSETTLEMENT_KEY"];

    private readonly string?[] _before = [.. Names.Select(Environment.GetEnvironmentVariable)];
    private readonly string _folder = Directory.CreateTempSubdirectory("settle-stranger-").FullName;
    private readonly List<string> _keys = [];
    private (int Status, string Body) _answer = (200, "{}");
    private WebApplication _app = null!;
    private string _address = "";

    public async Task InitializeAsync()
    {
        foreach (var name in Names)
            Environment.SetEnvironmentVariable(name, name == "EVENTSETTLEMENT_HOME" ? _folder : null);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(http =>
        {
            _keys.Add(http.Request.Headers.Authorization.ToString());
            http.Response.StatusCode = _answer.Status;
            return http.Response.WriteAsync(_answer.Body);
        });
        await _app.StartAsync();
        _address = _app.Urls.First();
    }

    public async Task DisposeAsync()
    {
        for (var i = 0; i < Names.Length; i++)
            Environment.SetEnvironmentVariable(Names[i], _before[i]);
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"ok\":true}")]
    [InlineData("{\"items\":7,\"state\":7,\"runId\":\"x\",\"totals\":{},\"amount\":{},\"right\":\"no\"}")]
    public async Task An_answer_that_is_not_ours_ends_with_1_and_says_so(string body)
    {
        _answer = (200, body);
        foreach (
            var line in (string[])
                [
                    "settlement list",
                    "run watch 1",
                    "run start study-refund --date 2026-11-21 --watch",
                    $"settlement explain {Settlement}",
                    $"settlement retry {Settlement}",
                    $"settlement hold {Settlement}",
                    "settlement retry --run 1 --yes " + "--expect-count 1",
                    "ledger verify",
                    "parked list --output csv",
                ]
        )
        {
            var (exit, error) = await Ended(line + " --key k");
            Assert.True(exit == 1, $"{line} ended with {exit}: {error}");
            Assert.Contains(
                $"What answers at {_address}/ does not answer as this version of settle does",
                error,
                StringComparison.Ordinal
            );
        }
    }

    [Theory]
    [InlineData(422, "no JSON", 2)]
    [InlineData(422, "{\"errors\":[{\"pointer\":\"/key\",\"rule\":\"is a pointer\"}],\"detail\":\"no pointer\"}", 2)]
    [InlineData(422, "[7]", 2)]
    [InlineData(422, "{\"errors\":[{\"line\":7,\"pointer\":\"\",\"code\":\"c\",\"rule\":\"r\"}]}", 2)]
    [InlineData(200, "{}", 1)]
    [InlineData(301, "", 1)]
    [InlineData(503, "<html>", 5)]
    public async Task A_file_that_a_stranger_is_sent_was_not_taken(int status, string body, int code)
    {
        var file = Path.Combine(_folder, "facts.jsonl");
        await File.WriteAllTextAsync(file, SettledInstallation.Fact("S-1", "M-1"));
        _answer = (status, body);
        var (exit, error) = await Ended($"produce study-completed {file} --key sk_1");
        Assert.True(code == exit, $"{exit}: {error}");
        Assert.True(error.Trim().Length > 8, error);
        Assert.DoesNotContain("EVENTSETTLEMENT_DEBUG", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_of_the_file_goes_to_the_address_of_the_file_only()
    {
        await Write($$"""{"api":"{{_address}}","key":"sk_file"}""");
        await SettledInstallation.Captured(["settlement", "list"]);
        await Ended("settlement list");
        Assert.Equal(["Bearer sk_file", "Bearer sk_file"], _keys);

        await Write("""{"api":"http://127.0.0.1:1","key":"sk_file"}""");
        var (exit, error) = await Ended("settlement list");
        Assert.Equal((2, 2), (exit, _keys.Count));
        Assert.Contains("--key", error, StringComparison.Ordinal);
        Assert.Contains("EVENTSETTLEMENT_KEY", error, StringComparison.Ordinal);
        await Ended("settlement list --key sk_mine");
        Assert.Equal("Bearer sk_mine", _keys[^1]);
    }

    [Fact]
    public async Task A_broken_file_is_in_the_way_only_where_it_is_needed()
    {
        await Write("{\"api\":");
        var (exit, error) = await Ended("settlement list");
        Assert.Equal((1, 0), (exit, _keys.Count));
        Assert.Contains("cli.json", error, StringComparison.Ordinal);
        await Ended("settlement list --key sk_mine");
        Assert.Equal(["Bearer sk_mine"], _keys);
    }

    [Fact]
    public async Task A_sandbox_that_cannot_listen_where_it_should_ends_with_1_and_says_so()
    {
        var (exit, _, error) = await SettledInstallation.Captured([
            "sandbox",
            "--urls",
            "http://192.0.2.1:9700",
            "--journal",
            Path.Combine(_folder, "journal.jsonl"),
        ]);
        Assert.Equal(1, exit);
        Assert.StartsWith("Cannot listen on http://192.0.2.1:9700", error, StringComparison.Ordinal);
    }

    private Task Write(string text) => File.WriteAllTextAsync(Path.Combine(_folder, "cli.json"), text);

    private async Task<(int Exit, string Error)> Ended(string line)
    {
        var (exit, _, error) = await SettledInstallation.Captured([.. line.Split(' '), "--api", _address]);
        return (exit, error);
    }
}
