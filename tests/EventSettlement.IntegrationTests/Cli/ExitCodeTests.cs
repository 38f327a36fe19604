namespace EventSettlement.IntegrationTests.Cli;

/// <summary>0 ok, 1 failed, 2 usage, 3 not found, 4 refused by state, 5 unavailable.</summary>
[Collection(ConsoleTests.Name)]
public sealed class ExitCodeTests(SettledInstallation installation) : IClassFixture<SettledInstallation>
{
    private const string Nobody = "00000000-0000-0000-0000-000000000001";

    [Theory]
    [InlineData("settlement show {paid}", 0)]
    [InlineData("run show 1", 0)]
    [InlineData("run watch 1", 0)]
    [InlineData("parked show 1", 0)]
    [InlineData("ledger verify", 0)]
    [InlineData("run start study-refund --date 21.11.2026", 2)]
    [InlineData("run start study-refund --date 2026-11-21 --pay-at 2026-11-21T10:00:00", 2)]
    [InlineData("run start no-such --date 2026-11-21", 2)]
    [InlineData("run start study-refund --date 1999-12-31", 2)]
    [InlineData("run start study-refund --date 2942-01-01", 2)]
    [InlineData("settlement list --state LOST", 2)]
    [InlineData("settlement list --run x", 2)]
    [InlineData("settlement list --after nowhere", 2)]
    [InlineData("settlement retry {paid} {gone} --yes --expect-count 1", 2)]
    [InlineData("parked list --status LOST", 2)]
    [InlineData("alert list --state LOST", 2)]
    [InlineData("produce study-completed /no/such/file", 2)]
    [InlineData("produce study-completed /etc/hostname --key studyId", 2)]
    [InlineData("settlement show " + Nobody, 3)]
    [InlineData("settlement items " + Nobody, 3)]
    [InlineData("settlement history " + Nobody, 3)]
    [InlineData("settlement explain " + Nobody, 3)]
    [InlineData("settlement retry " + Nobody, 3)]
    [InlineData("settlement cancel --reason x " + Nobody, 3)]
    [InlineData("settlement hold " + Nobody, 3)]
    [InlineData("settlement release " + Nobody, 3)]
    [InlineData("item resolve --paid x --reason seen {paid}-9:1", 3)]
    [InlineData("run show 99999", 3)]
    [InlineData("run watch 99999", 3)]
    [InlineData("run stop 99999", 3)]
    [InlineData("run resume 99999", 3)]
    [InlineData("parked show 99999", 3)]
    [InlineData("parked replay 99999", 3)]
    [InlineData("parked discard 99999 --reason x", 3)]
    [InlineData("downstream resume nobody", 3)]
    [InlineData("log accept saga nothing 0", 3)]
    [InlineData("produce settlements /etc/hostname", 3)]
    [InlineData("settlement retry {paid}", 4)]
    [InlineData("settlement cancel {paid} --reason x", 4)]
    [InlineData("settlement hold {paid}", 4)]
    [InlineData("item resolve {paid}-1:1 --paid x --reason seen", 4)]
    [InlineData("run stop 1", 4)]
    [InlineData("run resume 1", 4)]
    [InlineData("downstream resume member", 4)]
    [InlineData("log accept saga settlements 0", 4)]
    public async Task A_command_ends_with_its_code_and_says_why(string line, int code)
    {
        line = line.Replace("{paid}", await installation.SettlementOf("S-2"), StringComparison.Ordinal)
            .Replace("{gone}", await installation.SettlementOf("S-GONE"), StringComparison.Ordinal);
        var (exit, told, error) = await installation.Settle(line);
        Assert.True(code == exit, $"{line} ended with {exit}: {error}{told}");
        Assert.Equal(code == 0, error.Length == 0);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("settlement list", 1)]
    [InlineData("run show 1", 1)]
    public async Task A_wrong_key_ends_with_1_and_says_what_to_send(string line, int code)
    {
        var (exit, error) = await installation.Ended(line + " --key sk_wrong");
        Assert.Equal(code, exit);
        Assert.StartsWith("key_needed: ", error, StringComparison.Ordinal);
    }
}
