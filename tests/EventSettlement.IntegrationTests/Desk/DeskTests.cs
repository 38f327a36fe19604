using EventSettlement.StudyRefunds;

namespace EventSettlement.IntegrationTests.Desk;

/// <summary>The first five minutes, ended in order and in no order at all.</summary>
public sealed class DeskTests
{
    private const int Items = 200;

    [Fact]
    public async Task A_desk_settles_its_sample_and_stops_in_order()
    {
        await using var desk = new PrivateDesk();
        desk.Start();
        await desk.Says("Serving.");

        await desk.Terminate();

        await desk.EndsWith(0);
        Assert.Contains("Stopped: server, sandbox, PostgreSQL", desk.Said, StringComparison.Ordinal);
        Assert.Contains($"EVENTSETTLEMENT_HOME={desk.Folder} ./settle run list", desk.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_line_is_named_the_rest_is_settled_and_the_desk_ends_with_1()
    {
        await using var desk = new PrivateDesk();
        var file = Path.Combine(desk.Folder, "mine.jsonl");
        var lines = SampleStudies.Lines(5, 2, 1, new DateOnly(2026, 1, 1), magic: []).ToList();
        lines.Insert(
            2,
            lines[0]
                .Replace("S-1-1", "S-WRONG", StringComparison.Ordinal)
                .Replace("KRW", "USD", StringComparison.Ordinal)
        );
        lines.AddRange("{\"studyId\":\"S\\u0000\"}", "{\"studyId\":\"S\\ud800\"}", "no JSON");
        await File.WriteAllLinesAsync(file, lines);
        desk.Start("--exit", "--facts", file);

        await desk.EndsWith(1);
        Assert.Contains("line 3/currency: wrong_currency: currency is KRW", desk.Said, StringComparison.Ordinal);
        Assert.Contains("4 wrong lines were left out", desk.Said, StringComparison.Ordinal);
        Assert.Contains("study-refund in all: 5 settlements, 5 COMPLETED", desk.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_is_killed_while_it_settles_the_next_run_pays_each_item_once()
    {
        await using var desk = new PrivateDesk();
        // What was begun before may be over before it is seen at work.
        (string[] Moments, string[] Killed)[] kills =
        [
            (["Facts: 20 lines"], ["run", "server"]),
            (["Run 1"], ["run", "sandbox", "server"]),
            (["PAYING", "FINISHED", "Serving."], ["run", "PostgreSQL"]),
            (["Server:"], ["run"]),
        ];
        foreach (var (moments, killed) in kills)
        {
            desk.Start();
            await desk.Says(moments);
            foreach (var name in killed)
                await desk.Kill(name);
        }

        desk.Start("--exit");

        await desk.EndsWith(0);
        Assert.Contains("sum 0", desk.Said, StringComparison.Ordinal);
        var paid = desk.PaidKeys();
        Assert.Equal(paid.Distinct().Count(), paid.Length);
        Assert.Contains("study-refund in all: 20 settlements", desk.Said, StringComparison.Ordinal);
        Assert.InRange(desk.PaidMembers().Length, Items * 9 / 10, Items);
    }

    [Theory]
    [InlineData("sandbox", "The sandbox is gone")]
    [InlineData("server", "The server is gone")]
    [InlineData("PostgreSQL", "PostgreSQL is gone")]
    public async Task When_one_of_its_processes_is_gone_it_says_which_and_ends_and_the_next_run_goes_on(
        string killed,
        string said
    )
    {
        await using var desk = new PrivateDesk { RetryDelays = "1s,2s,3s" };
        desk.Start();
        await desk.Says("PAYING");
        await desk.Kill(killed);

        await desk.EndsWith(1);
        Assert.Contains(said, desk.Said, StringComparison.Ordinal);
        Assert.Contains("./run again goes on", desk.Said, StringComparison.Ordinal);

        desk.Start("--exit");
        await desk.EndsWith(0);
        Assert.Contains(
            "study-refund in all: 20 settlements, 19 COMPLETED, 1 FAILED",
            desk.Said,
            StringComparison.Ordinal
        );
        Assert.Equal(desk.PaidKeys().Distinct().Count(), desk.PaidKeys().Length);
    }

    [Fact]
    public async Task It_ends_while_it_serves_too_when_the_server_is_gone()
    {
        await using var desk = new PrivateDesk();
        desk.Start();
        await desk.Says("Serving.");
        await desk.Kill("server");

        await desk.EndsWith(1);
        Assert.Contains("The server is gone", desk.Said, StringComparison.Ordinal);
        Assert.Contains("Stopped: sandbox, PostgreSQL", desk.Said, StringComparison.Ordinal);
    }
}
