using System.Text;
using System.Text.Json;

namespace EventSettlement.IntegrationTests.Contracts;

/// <summary>docs/contracts/facts.md, example by example, against a running server.</summary>
public sealed class FactsPageTests
{
    private static readonly IReadOnlyList<Example> Examples = ContractPage.Read("facts.md");
    private static readonly HashSet<string> Exact =
    [
        "topic",
        "accepted",
        "type",
        "status",
        "code",
        "retryable",
        "line",
        "pointer",
    ];

    [Fact]
    public async Task Every_example_is_taken_or_refused_as_the_page_says()
    {
        await using var served = await ServedInstallation.Start("http://127.0.0.1:1");
        var wrong = new List<string>();
        foreach (var (example, at) in Examples.Select((example, at) => (example, at)))
        {
            var differences = (await Differences(served, example, at)).ToList();
            if (differences.Count > 0)
                wrong.Add($"facts.md:{example.Line} {example.Above}\n  {string.Join("\n  ", differences)}");
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        await served.TakesIn();
        var parked = await served.List("v1/parked");
        Assert.Equal(
            Examples.Where(e => e.Parked is not null).Select(e => $"{e.Parked!.Value.Code} {e.Parked.Value.Pointer}"),
            parked.Select(p => $"{p.GetProperty("code")} {p.GetProperty("pointer")}")
        );
    }

    [Fact]
    public void Every_code_of_the_table_has_an_example_or_cannot_have_one()
    {
        string[] withoutExample = ["null_body", "too_large", "too_late", "exceeds_line"];
        var page = File.ReadAllText(ContractPage.Path("facts.md"));
        var table = page[page.IndexOf("| code | meaning |", StringComparison.Ordinal)..];
        var codes = table[..table.IndexOf("\n\n", StringComparison.Ordinal)]
            .Split('\n')
            .Skip(2)
            .Select(row => row.Split('`')[1]);
        Assert.Equal(
            codes.Except(withoutExample).Order(),
            Examples.Select(e => (e.Refused ?? e.Parked)?.Code).OfType<string>().Distinct().Order()
        );
    }

    private static async Task<IEnumerable<string>> Differences(ServedInstallation served, Example example, int at)
    {
        switch (example.Language)
        {
            case "json":
                return await Posted(served, example);
            case "http" when example.Text.StartsWith("POST ", StringComparison.Ordinal):
                using (var request = HttpExample.Parse(example.Text).Request())
                using (var answer = await served.Api.SendAsync(request))
                    return await HttpExample.Parse(Examples[at + 1].Text).Differences(answer, Exact);
            case "http":
                return [];
            case "sh" when example.Text.StartsWith("curl ", StringComparison.Ordinal):
                StartedProcess.Need("curl");
                var said = await served.Bash(example.Text, Path.GetTempPath());
                return said.Contains("\"accepted\":1", StringComparison.Ordinal) ? [] : [said];
            case "sh" when example.Text.StartsWith("kcat ", StringComparison.Ordinal):
                return [];
            default:
                return [$"nobody sends an example of the kind '{example.Language}'"];
        }
    }

    private static async Task<IEnumerable<string>> Posted(ServedInstallation served, Example example)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/events/study-completed");
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(example.Text.TrimEnd('\n')));
        using var answer = await served.Api.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        var status = (int)answer.StatusCode;
        if (example.Accepted)
            return status == 202 ? [] : [$"{status} {body}"];
        if (example.Refused is not { } refused)
            return ["it does not say above it what comes of it"];
        if (status != 422)
            return [$"{status} {body}"];
        var first = JsonSerializer.Deserialize<JsonElement>(body).GetProperty("errors")[0];
        var told = (first.GetProperty("code").GetString(), first.GetProperty("pointer").GetString());
        return told == refused ? [] : [$"{told}"];
    }
}
