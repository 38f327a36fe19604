namespace EventSettlement.IntegrationTests.Dev;

/// <summary>The first five minutes, ended in order and in no order at all.</summary>
public sealed class DeskTests
{
    private const int Items = 200;

    [Fact]
    public async Task A_desk_settles_its_sample_and_stops_in_order()
    {
        await using var desk = new Desk();
        desk.Start();
        await desk.Says("Serving.");

        await desk.Terminate();

        Assert.Equal(0, await desk.Ended());
        Assert.Contains("Stopped: server, sandbox, PostgreSQL", desk.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_is_killed_while_it_settles_the_next_run_pays_each_item_once()
    {
        await using var desk = new Desk();
        (string Moment, string[] Killed)[] kills =
        [
            ("Facts: 20 lines", ["server", "run"]), ("Run 1", ["sandbox", "server", "run"]),
            ("PAYING", ["PostgreSQL", "run"]), ("Server:", ["run"]),
        ];
        foreach (var (moment, killed) in kills)
        {
            desk.Start();
            await desk.Says(moment);
            foreach (var name in killed)
                await desk.Kill(name);
        }

        desk.Start("--exit");

        Assert.Equal(0, await desk.Ended());
        Assert.Contains("sum 0", desk.Said, StringComparison.Ordinal);
        var paid = desk.PaidKeys();
        Assert.Equal(paid.Distinct().Count(), paid.Length);
        Assert.Contains($"in all: 20 settlements", desk.Said, StringComparison.Ordinal);
        Assert.InRange(paid.Length, Items * 9 / 10, Items);
    }
}
