using System.Text.Json.Nodes;
using EventSettlement.IntegrationTests.Policies;

namespace EventSettlement.IntegrationTests.Cli;

/// <summary><c>settle policy put | list | show</c> as a person or a script meets it.</summary>
[Collection(ConsoleTests.Name)]
public sealed class PolicyVerbTests(SettledInstallation installation) : IClassFixture<SettledInstallation>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("policies");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_file_is_put_and_shown_with_the_names_that_it_has()
    {
        var (exit, told, error) = await Put(TrialFees.Document("2027-01-01", 550));

        Assert.True(exit == 0, error);
        Assert.Contains("2026-10: 500 basis points become 550", told, StringComparison.Ordinal);
        var (_, shown, _) = await installation.Settle($"policy show {TrialFees.Name} 2027-01-01 --output json");
        Assert.Equal("2027-01-01", (string?)JsonNode.Parse(shown)!["effective_from"]);
        Assert.Equal(
            JsonNode.Parse(TrialFees.Document("2027-01-01", 550))!.ToJsonString(),
            JsonNode.Parse(shown)!["document"]!.ToJsonString()
        );
        Assert.Contains("2027-01-01", await installation.Column($"policy list {TrialFees.Name}", "effective_from"));
        Assert.Equal(3, (await installation.Settle($"policy show {TrialFees.Name} 2027-01-02")).Exit);
        Assert.Equal(3, (await installation.Settle("policy list no-such")).Exit);
    }

    [Fact]
    public async Task Mistakes_are_told_a_line_each_with_pointers_into_the_file()
    {
        var (exit, told, error) = await Put(
            """{"effectiveFrom": "soon", "tiers": [{"from": 0, "basisPoints": 1.5}], "policy": {"x": 1}}"""
        );
        Assert.Equal((2, ""), (exit, told));
        Assert.Equal(
            [
                "invalid_policy: nothing was put: 3 mistakes (correct the fields in errors and put it again)",
                "/effectiveFrom: a date such as 2026-11-01",
                "/tiers/0/basisPoints: a whole number, written without fraction or exponent",
                "/policy: is no field here",
            ],
            error.TrimEnd().Split('\n')
        );
        var (ended, _, wrong) = await Put("""{"effectiveFrom": "2027-02-01"}, "corrects": true""");
        Assert.Equal(2, ended);
        Assert.Contains("is not JSON in UTF-8", wrong, StringComparison.Ordinal);
        Assert.Contains(": tiers is required", (await Put("{}")).Error, StringComparison.Ordinal);
        Assert.Contains("the file: the body is a JSON object", (await Put("7")).Error, StringComparison.Ordinal);
        Assert.Equal(2, (await installation.Settle($"policy put {TrialFees.Name} no-such.json")).Exit);
    }

    [Fact]
    public async Task A_settled_period_is_changed_only_with_corrects()
    {
        var policy = TrialFees.Document("2026-08-01", 450);
        var (exit, _, error) = await Put(policy);
        Assert.Equal(4, exit);
        Assert.StartsWith("refused_by_state (changes_settled): ", error, StringComparison.Ordinal);
        Assert.Contains("2026-09: 0 basis points become 450", error, StringComparison.Ordinal);
        Assert.Contains("settle policy put --corrects", error, StringComparison.Ordinal);

        var (taken, told, _) = await Put(policy, "--corrects", "--output", "csv");

        Assert.Equal(0, taken);
        Assert.Contains("2026-09: 0 basis points become 450", told, StringComparison.Ordinal);
        Assert.Equal(4, (await Put(policy, "--corrects")).Exit);
    }

    private async Task<(int Exit, string Out, string Error)> Put(string policy, params string[] more)
    {
        var file = Path.Combine(_folder.FullName, "policy.json");
        await File.WriteAllTextAsync(file, policy);
        return await installation.SettleWords(["policy", "put", TrialFees.Name, file, .. more]);
    }
}
