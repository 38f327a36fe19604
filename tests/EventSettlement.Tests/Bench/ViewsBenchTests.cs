using EventSettlement.Bench;
using EventSettlement.Bench.Plots;
using EventSettlement.Bench.ViewLogs;
using EventSettlement.Cli;
using EventSettlement.Views;
using EventSettlement.Views.Intake;

namespace EventSettlement.Tests.Bench;

public sealed class ViewsBenchTests
{
    private const string Usual = "bench views --kafka 127.0.0.1:1 ";

    [Theory]
    [InlineData("row by row", 1_111)]
    [InlineData("JDBC batches", 3_333)]
    [InlineData("chunks", 8_333)]
    [InlineData("a million logs in all", 4_762)]
    [InlineData("its average", 5_000)]
    public void The_earlier_system_s_numbers_are_what_it_told(string name, int logsASecond) =>
        Assert.Equal(logsASecond, Math.Round(EarlierNumbers.All.Single(one => one.Name == name).LogsASecond));

    [Fact]
    public void A_plot_has_what_was_measured_then_the_limit_then_the_earlier_system()
    {
        var plot = ViewsPlots.Plot(
            "By partitions",
            [new Bar("1 partition", 700_000, BarKind.Measured)],
            [new BenchReport.Measure("one GROUP BY", "logs/s", [3e6, 1e6, 2e6])],
            ["a machine", "a date"]
        );
        Assert.Equal(
            ["1 partition", "one GROUP BY", .. EarlierNumbers.All.Select(one => "SSS, " + one.Name)],
            plot.Bars.Select(bar => bar.Name)
        );
        Assert.Equal(2e6, plot.Bars[1].Value);
        Assert.Equal(["a machine", "a date"], plot.Notes.Take(2));
    }

    [Fact]
    public void Workers_are_compared_on_as_many_partitions_as_the_most_of_them()
    {
        var asked = new ViewsBench.Asked(1, 1, [1, 8], [2, 4], 1, null, null);
        Assert.Equal([(1, 1), (8, 1), (4, 2), (4, 4)], asked.Cases);
    }

    [Fact]
    public void Days_follow_each_other_with_views_of_their_own_that_are_all_taken()
    {
        var logs = new BenchLogs(500, 3, new DateOnly(2026, 11, 28));
        var now = new DateTime(2026, 11, 28, 3, 0, 0, DateTimeKind.Utc);
        var ids = new HashSet<string>();
        for (var day = 0; day < logs.Days; day++)
        {
            var facts = logs.Make(day)
                .Select(log =>
                {
                    Assert.Empty(ViewFactDecoder.Decode(log.Body, now, out var fact));
                    return fact!;
                })
                .ToList();
            Assert.Equal(500, facts.Count);
            Assert.All(
                facts,
                fact =>
                    Assert.Equal(
                        new DateOnly(2026, 11, 25).AddDays(day),
                        ViewDays.ToDate(ViewDays.Of(ViewDays.At(fact.ViewedAt)))
                    )
            );
            foreach (var id in facts.Select(fact => fact.ViewId).Distinct())
                Assert.True(ids.Add(id), id);
        }
    }

    [Theory]
    [InlineData(new double[] { 5 }, 0.5, 5)]
    [InlineData(new double[] { 4, 1, 3, 2 }, 0.5, 2)]
    [InlineData(new double[] { 3, 1, 2 }, 0.5, 2)]
    [InlineData(new double[] { 3, 1, 2 }, 0.99, 3)]
    public void A_percentile_is_the_least_value_that_so_many_do_not_exceed(
        double[] values,
        double share,
        double percentile
    ) => Assert.Equal(percentile, BenchReport.Percentile(values, share));

    [Theory]
    [InlineData("--views 0")]
    [InlineData("--days 34")]
    [InlineData("--partitions 1 0")]
    [InlineData("--partitions 481")]
    [InlineData("--workers 65")]
    [InlineData("--rounds 0")]
    [InlineData("--plots=")]
    public async Task What_cannot_be_measured_ends_with_2(string options) =>
        Assert.Equal(ExitCode.Usage, await CommandLine.Run("test", (Usual + options).Split(' '), EveryVerb.Commands()));

    [Fact]
    public void The_worker_s_verb_is_there_and_not_shown()
    {
        var bench = EveryVerb.Commands().Single(verb => verb.Name == "bench");
        Assert.True(bench.Subcommands.Single(verb => verb.Name == IntakeWorker.Name).Hidden);
    }
}
