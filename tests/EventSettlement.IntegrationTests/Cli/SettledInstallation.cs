using System.Net.Http.Json;
using System.Text;
using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.Cli;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.IntegrationTests.Payouts;
using EventSettlement.IntegrationTests.Platform;
using EventSettlement.IntegrationTests.Policies;
using EventSettlement.Payouts;
using EventSettlement.Platform;
using EventSettlement.Programmes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace EventSettlement.IntegrationTests.Cli;

/// <summary>
/// A server with all roles against a member service that is not the sandbox. One run is over: 119 studies were paid,
/// one has a member who is rejected, and one fact contradicts another; a programme of the tests has a policy. What is
/// printed goes through the process's console, so nothing runs beside these tests.
/// </summary>
public sealed class SettledInstallation : IAsyncLifetime
{
    public const int Studies = 120;
    private TestDatabase? _database;
    private WebApplication? _app;
    private string _address = "";
    private string _key = "";

    public StubMembers Members { get; private set; } = null!;

    /// <summary>Where its spans and metrics go.</summary>
    public Collector Collector { get; private set; } = null!;

    /// <summary>Members whose items are rejected, or failed, until a test changes its mind.</summary>
    public HashSet<string> Rejected { get; } = ["GONE"];

    public HashSet<string> Failing { get; } = [];

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.Create();
        Members = await StubMembers.Start();
        Collector = await Collector.Start("http");
        Members.Judge = m =>
            Rejected.Contains(m) ? "REJECTED"
            : Failing.Contains(m) ? "FAILED"
            : "CREDITED";
        TimeSpan[] delays = [.. Enumerable.Repeat(TimeSpan.FromMilliseconds(200), 3)];
        var settings = Server
            .Catalogue.Defaults.With(PlatformSettings.Main, _database.ConnectionString)
            .With(PayoutSettings.BaseUrl, "member", Members.Url)
            .With(PayoutSettings.Timeout, "member", TimeSpan.FromSeconds(5))
            .With(ProgrammeSettings.RetryDelays, "study-refund", delays)
            .With(PlatformSettings.OtlpEndpoint, Collector.Url)
            .With(PlatformSettings.OtlpProtocol, "http")
            .With(ApiSettings.Urls, "http://127.0.0.1:0");
        _app = Server.Build(settings, Roles.All, [.. Server.Slices, TrialFees.Slice(TrialFees.Name)]);
        await _app.StartAsync();
        _address = _app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        _key = await _app.Services.GetRequiredService<KeyStore>().Create("tester", Role.Admin, default);
        await PutPolicy();
        await Take([.. Enumerable.Range(1, Studies - 1).Select(n => Fact($"S-{n}", "M-1", "M-2"))]);
        await Take(Fact("S-GONE", "GONE", "M-2"));
        await Take(Fact("S-1", "M-1", "M-3"));
        Assert.Equal((0, ""), await Ended("run start study-refund --date 2026-11-21 --watch"));
        await Do(
            """
            INSERT INTO payee_tax (payee_id, from_date, kind, put_by)
            VALUES ('P-1', '2026-01-01', 'PERSONAL', 'tester'), ('P-1', '2026-11-01', 'NONE', 'tester'),
                ('P-2', '2026-10-01', 'PERSONAL', 'tester')
            """
        );
    }

    public async Task DisposeAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        await Members.DisposeAsync();
        await Collector.DisposeAsync();
        await _database!.DisposeAsync();
    }

    public async Task Do(string sql)
    {
        await using var command = _app!.Services.GetRequiredService<Database>().Reads.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<string> Text(string sql)
    {
        await using var command = _app!.Services.GetRequiredService<Database>().Reads.CreateCommand(sql);
        return (await command.ExecuteScalarAsync())?.ToString() ?? "";
    }

    public Task<string> Key(string name, Role role) =>
        _app!.Services.GetRequiredService<KeyStore>().Create(name, role, default);

    public static string Fact(string study, params string[] members) =>
        $$"""
        {"studyId":"{{study}}","completedAt":"2026-11-01T10:00:00+09:00","currency":"KRW","depositPerMember":30000,
        "penaltyPerAbsence":3000,"participants":[{{string.Join(',', members.Select((m, i) =>
            $$"""{"memberId":"{{m}}","absences":{{i}}}"""))}}]}
        """.ReplaceLineEndings(
            ""
        );

    /// <summary>Sends facts and waits until the intake has them.</summary>
    public async Task Take(params string[] facts)
    {
        using var client = Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events/study-completed");
        request.Content = new StringContent(string.Join('\n', facts));
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        Assert.Equal(202, (int)(await client.SendAsync(request)).StatusCode);
        await Until(async () =>
            (await Details()).GetProperty("lag").GetInt64() == 0
            && (await Details()).GetProperty("outboxWaiting").GetInt64() == 0
        );
    }

    public HttpClient Client(HttpMessageHandler? handler = null) =>
        new(handler ?? new HttpClientHandler())
        {
            BaseAddress = new Uri(_address),
            DefaultRequestHeaders = { Authorization = new("Bearer", _key) },
        };

    /// <summary>What <c>settle LINE</c> prints and how it ends.</summary>
    public Task<(int Exit, string Out, string Error)> Settle(string line)
    {
        string[] words = [.. line.Split(' '), "--api", _address];
        return Captured(line.Contains("--key sk_", StringComparison.Ordinal) ? words : [.. words, "--key", _key]);
    }

    /// <summary>The same of words that may hold blanks.</summary>
    public Task<(int Exit, string Out, string Error)> SettleWords(params string[] words) =>
        Captured([.. words, "--api", _address, "--key", _key]);

    /// <summary>This process has, until it is disposed of, the environment of this installation.</summary>
    public IDisposable AsEnvironment(string folder) =>
        new Variables(
            ("EVENTSETTLEMENT_API", _address),
            ("EVENTSETTLEMENT_KEY", _key),
            ("EVENTSETTLEMENT_HOME", folder),
            ("EventSettlement__ConnectionStrings__Main", _database!.ConnectionString),
            ("EventSettlement__Downstreams__member__BaseUrl", Members.Url),
            ("EventSettlement__Programmes__creator_revenue__Downstream", "member")
        );

    public static async Task<(int Exit, string Out, string Error)> Captured(string[] words)
    {
        var (usualOut, usualError) = (Console.Out, Console.Error);
        using var told = new StringWriter();
        using var wrong = new StringWriter();
        Console.SetOut(told);
        Console.SetError(wrong);
        try
        {
            var exit = await CommandLine.Run("test", words, EveryVerb.Commands());
            return (exit, told.ToString(), wrong.ToString());
        }
        finally
        {
            Console.SetOut(usualOut);
            Console.SetError(usualError);
        }
    }

    public async Task<(int Exit, string Error)> Ended(string line)
    {
        var (exit, _, error) = await Settle(line);
        return (exit, error);
    }

    /// <summary>One column of a list.</summary>
    public async Task<string[]> Column(string line, string column)
    {
        var (exit, told, error) = await Settle(line + " --output json");
        Assert.True(exit == 0, error);
        return [.. System.Text.Json.Nodes.JsonNode.Parse(told)!.AsArray().Select(r => r![column]?.ToString() ?? "")];
    }

    public async Task<string> SettlementOf(string study) =>
        Assert.Single(await Column($"settlement list --subject {study}", "settlement_id"));

    public async Task<string> StateOf(string study) =>
        Assert.Single(await Column($"settlement list --subject {study}", "state"));

    private sealed class Variables : IDisposable
    {
        private readonly (string Name, string? Before)[] _all;

        public Variables(params (string Name, string Value)[] all)
        {
            _all = [.. all.Select(v => (v.Name, Environment.GetEnvironmentVariable(v.Name)))];
            foreach (var (name, value) in all)
                Environment.SetEnvironmentVariable(name, value);
        }

        public void Dispose()
        {
            foreach (var (name, before) in _all)
                Environment.SetEnvironmentVariable(name, before);
        }
    }

    public static async Task Until(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 300; i++)
        {
            if (await holds())
                return;
            await Task.Delay(50);
        }

        Assert.Fail("it did not come to hold within 15 s");
    }

    private async Task PutPolicy()
    {
        using var client = Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/policies/" + TrialFees.Name);
        request.Content = new StringContent(
            $$"""{"policy":{{TrialFees.Document("2026-11-01", 500)}}}""",
            Encoding.UTF8,
            "application/json"
        );
        request.Headers.Add("Idempotency-Key", "first policy");
        Assert.Equal(201, (int)(await client.SendAsync(request)).StatusCode);
    }

    private async Task<System.Text.Json.JsonElement> Details()
    {
        using var client = Client();
        return await client.GetFromJsonAsync<System.Text.Json.JsonElement>("/healthz/details");
    }
}

/// <summary>Tests that read the console of the process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ConsoleTests
{
    public const string Name = "console";
}
