namespace EventSettlement.IntegrationTests.Contracts;

/// <summary>docs/contracts/member-service.md, example by example, against <c>settle sandbox</c>.</summary>
public sealed class MemberServicePageTests : IDisposable
{
    private static readonly HashSet<string> Exact = ["key", "status", "code", "transactionId", "amount", "currency"];
    private readonly string _folder = Directory.CreateTempSubdirectory("settle-page-").FullName;

    [Fact]
    public async Task Every_example_is_answered_as_the_page_says()
    {
        await using var sandbox = StartedProcess.Settle(
            $"sandbox --port 0 --journal {Path.Combine(_folder, "credits.jsonl")}",
            new Dictionary<string, string>()
        );
        using var http = new HttpClient { BaseAddress = await sandbox.Listens() };
        var examples = ContractPage.Read("member-service.md");
        Assert.All(examples, e => Assert.Equal("http", e.Language));
        var wrong = new List<string>();
        foreach (var pair in examples.Chunk(2))
        {
            using var request = HttpExample.Parse(pair[0].Text).Request();
            using var answer = await http.SendAsync(request);
            var differences = await HttpExample.Parse(pair[1].Text).Differences(answer, Exact);
            wrong.AddRange(differences.Select(d => $"member-service.md:{pair[1].Line} {d}"));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
