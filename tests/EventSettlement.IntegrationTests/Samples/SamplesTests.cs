using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using EventSettlement.IntegrationTests.Contracts;
using EventSettlement.IntegrationTests.EventLog.World;

namespace EventSettlement.IntegrationTests.Samples;

/// <summary>samples/: what integrators begin with, against the real thing.</summary>
public sealed class SamplesTests : IDisposable
{
    private const int Studies = 1_200;
    private readonly string _folder = Directory.CreateTempSubdirectory("settle-samples-").FullName;

    private string Book => Path.Combine(_folder, "credits.jsonl");

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task What_the_producer_tells_is_credited_once_by_the_member_service(string language)
    {
        var sample = Sample.Of(language);
        await using var members = sample.StartMemberService(Book);
        await using var served = await ServedInstallation.Start((await members.Listens()).ToString());
        var (csv, owed) = WriteStudies();

        Assert.Contains($"{Studies} facts accepted", await sample.Produce(csv, served.Shell), StringComparison.Ordinal);
        Assert.Contains($"{Studies} facts accepted", await sample.Produce(csv, served.Shell), StringComparison.Ordinal);
        await served.TakesIn();
        var run = await served.Run(new DateOnly(2026, 11, 20));
        await Eventually.Holds(
            async () => (await served.Get($"v1/runs/{run}")).GetProperty("state").GetString() == "FINISHED",
            TimeSpan.FromSeconds(90),
            "the run is finished"
        );

        var settlements = await served.List("v1/settlements");
        Assert.Equal(Studies, settlements.Count);
        Assert.All(settlements, s => Assert.Equal("COMPLETED", s.GetProperty("state").GetString()));
        var credits = File.ReadLines(Book).Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToList();
        Assert.Equal(credits.Count, credits.Select(c => c.GetProperty("key").GetString()).Distinct().Count());
        Assert.Equal(
            owed.Order(),
            credits.Select(c => (c.GetProperty("memberId").GetString()!, c.GetProperty("amount").GetInt64())).Order()
        );
    }

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task The_member_service_credits_a_key_once_also_at_once_and_after_it_was_killed(string language)
    {
        var sample = Sample.Of(language);
        string first;
        await using (var members = sample.StartMemberService(Book))
        {
            using var http = new HttpClient { BaseAddress = await members.Listens() };
            var twenty = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Credit(http, "k-1", "M-1", 24_000)));
            first = Assert.Single(twenty.Distinct());
            Assert.StartsWith("CREDITED ", first, StringComparison.Ordinal);
            Assert.Equal("REJECTED key_reused", await Credit(http, "k-1", "M-1", 25_000));
            Assert.Equal("REJECTED member_closed", await Credit(http, "k-2", "CLOSED-2", 1_000));
        }

        // Killed with a line half written.
        await File.AppendAllTextAsync(Book, "{\"key\":\"k-3\",\"memb");
        await using var again = sample.StartMemberService(Book);
        using var client = new HttpClient { BaseAddress = await again.Listens() };
        Assert.StartsWith("CREDITED ", await Credit(client, "k-3", "M-3", 1_000), StringComparison.Ordinal);
        Assert.Equal(first, await Credit(client, "k-1", "M-1", 24_000));
        Assert.Equal([first, "UNKNOWN "], await LookUp(client, "k-1", "k-2"));
        Assert.Equal(2, File.ReadLines(Book).Count());
    }

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task The_member_service_refuses_what_is_none_of_the_contract_on_the_same_connection(string language)
    {
        await using var members = Sample.Of(language).StartMemberService(Book);
        using var http = new HttpClient { BaseAddress = await members.Listens() };
        var many = Enumerable.Range(0, 501).Select(n => $"k-{n}").ToArray();
        (string Path, object Body, int Status)[] calls =
        [
            (
                "bulk",
                new
                {
                    credits = new[]
                    {
                        new
                        {
                            key = "k-1",
                            memberId = "M-1",
                            amount = "24000",
                            currency = "KRW",
                        },
                    },
                },
                400
            ),
            (
                "bulk",
                new
                {
                    credits = new[]
                    {
                        new
                        {
                            key = "k-1",
                            memberId = "M-1",
                            amount = 0.5,
                            currency = "KRW",
                        },
                    },
                },
                400
            ),
            ("bulk", new[] { 1 }, 400),
            ("lookup", new { keys = new[] { 1 } }, 400),
            ("lookup", new { keys = many }, 413),
            ("else", new { keys = many }, 404),
            ("lookup", new { keys = many[..500] }, 200),
        ];
        foreach (var (path, body, status) in calls)
        {
            using var answer = await Post(http, path, body);
            Assert.Equal((path, status), (path, (int)answer.StatusCode));
            Assert.Equal((1, false), (answer.Version.Minor, answer.Headers.ConnectionClose ?? false));
        }

        Assert.Equal("", await File.ReadAllTextAsync(Book));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A CSV as the producers read it, and what its members are owed, where it is anything.</summary>
    private (string Csv, IReadOnlyList<(string Member, long Amount)> Owed) WriteStudies()
    {
        var csv = Path.Combine(_folder, "studies.csv");
        var rows = new List<string> { "study_id,completed_at,deposit,penalty,member_id,absences" };
        var owed = new List<(string, long)>();
        for (var study = 1; study <= Studies; study++)
        for (var member = 1; member <= 3; member++)
        {
            var absences = ((study * 7) + (member * 5)) % 13;
            rows.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"S-{study},2026-11-19T22:10:00+09:00,30000,3000,M-{(study + member) % 500},{absences}"
                )
            );
            if (30_000 - (absences * 3_000L) is > 0 and var amount)
                owed.Add(($"M-{(study + member) % 500}", amount));
        }

        File.WriteAllLines(csv, rows);
        return (csv, owed);
    }

    /// <returns>The status, and the transaction's id or why not.</returns>
    private static async Task<string> Credit(HttpClient http, string key, string member, long amount)
    {
        var one = new
        {
            key,
            memberId = member,
            amount,
            currency = "KRW",
            reason = "study-refund",
            reference = "r-1",
        };
        using var answer = await Post(http, "bulk", new { credits = new[] { one } });
        return Assert.Single(await Results(answer));
    }

    private static async Task<string[]> LookUp(HttpClient http, params string[] keys)
    {
        using var answer = await Post(http, "lookup", new { keys });
        return await Results(answer);
    }

    // With a length and not in chunks, as the contract says.
    private static Task<HttpResponseMessage> Post(HttpClient http, string path, object body) =>
        http.PostAsync(
            "v1/point-credits/" + path,
            new StringContent(JsonSerializer.Serialize(body), new MediaTypeHeaderValue("application/json"))
        );

    private static async Task<string[]> Results(HttpResponseMessage answer)
    {
        Assert.Equal(200, (int)answer.StatusCode);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return
        [
            .. body.GetProperty("results")
                .EnumerateArray()
                .Select(r => $"{r.GetProperty("status")} {Text(r, "transactionId") ?? Text(r, "code")}"),
        ];
    }

    private static string? Text(JsonElement result, string name) =>
        result.TryGetProperty(name, out var value) ? value.GetString() : null;
}
