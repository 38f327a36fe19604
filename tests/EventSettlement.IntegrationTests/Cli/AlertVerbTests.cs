namespace EventSettlement.IntegrationTests.Cli;

[Collection(ConsoleTests.Name)]
public sealed class AlertVerbTests(SettledInstallation installation) : IClassFixture<SettledInstallation>
{
    private const string Raise = """
        INSERT INTO alert (cause, code, message, next, first_at, last_at, count, amount, state)
        VALUES ('run 1 study-refund amount_differs', 'amount_differs', 'm', 'n', clock(), clock(), 1, 0, 'OPEN')
        ON CONFLICT (cause) DO UPDATE SET state = 'OPEN'
        """;

    [Fact]
    public async Task An_alert_that_no_machine_can_close_is_closed_by_a_person_and_the_audit_tells_who()
    {
        const string cause = "run 1 study-refund amount_differs";
        await installation.Do(Raise);
        var (exit, told, error) = await installation.SettleWords("alert", "close", cause, "--reason", "put right");
        Assert.True(exit == 0, error);
        Assert.Equal($"close {cause}: DONE", told.TrimEnd());
        Assert.Contains(cause, await installation.Column("alert list --state closed", "cause"));
        Assert.Contains("put right", await installation.Column("alert list --state closed", "close_reason"));

        Assert.Contains("tester", await installation.Column("audit list --target alerts/close", "actor"));
        Assert.Equal("answered 200", (await installation.Column("audit list --actor tester", "detail"))[0]);
        Assert.Empty(await installation.Column("audit list --actor somebody-else", "actor"));

        // Another reason for what is closed already is refused; so is one that closes by itself, with what to do.
        Assert.Equal(4, (await installation.SettleWords("alert", "close", cause, "--reason", "again")).Exit);
        var failed = (await installation.Column("alert list --state open", "cause")).First(c => c.Contains("failed"));
        var refused = await installation.SettleWords("alert", "close", failed, "--reason", "no");
        Assert.Equal(4, refused.Exit);
        Assert.Contains("closes by itself", refused.Error, StringComparison.Ordinal);
        Assert.Equal(3, (await installation.SettleWords("alert", "close", "no such", "--reason", "no")).Exit);
    }
}
