using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using EventSettlement.Bench;
using EventSettlement.Desk;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.Tests.Bench;

namespace EventSettlement.IntegrationTests.Bench;

/// <summary>The bench as it is typed, with few logs: what it prints and what it draws.</summary>
public sealed class ViewsBenchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("settle-plots-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_bench_prints_a_line_a_case_and_draws_them_with_the_machine_and_the_date()
    {
        if (LocalPostgres.FindBinaries() is null)
            throw TestServer.Missing("PostgreSQL is not installed: " + LocalPostgres.InstallCommand);
        var plots = Path.Combine(_folder, "plots");
        var began = DateTime.UtcNow;
        var printed = await Settle(
            $"bench views --kafka {await KafkaBroker.Bootstrap()} --views 1000 --days 2 --rounds 1 --plots {plots} "
                + "--partitions 1 --workers 2"
        );
        var cases = printed
            .Split('\n')
            .Where(line => line.StartsWith('{'))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();
        Assert.Equal(
            ["1 by 1 raw False", "1 by 1 raw True", "2 by 2 raw False", "2 by 2 raw True"],
            cases
                .SkipLast(1)
                .Select(one =>
                    $"{one.GetProperty("partitions")} by {one.GetProperty("workers")} raw {one.GetProperty("raw_kept")}"
                )
        );
        foreach (var one in cases.SkipLast(1))
        {
            Assert.All(
                ["logs", "cold_logs", "first_day", "last_day", "worker_peak_mb", "seen_bytes_a_view"],
                name => Assert.True(one.GetProperty(name).GetDouble() > 0, name)
            );
            Assert.Equal(2, one.GetProperty("days").GetInt32());
        }

        Assert.Equal("views-limit", cases[^1].GetProperty("bench").GetString());
        Assert.True(cases[^1].GetProperty("one_GROUP_BY").GetDouble() > 0);
        Assert.Equal(
            ["views-by-partitions.png", "views-by-partitions.svg", "views-by-workers.png", "views-by-workers.svg"],
            Directory.GetFiles(plots).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        foreach (var name in (string[])["views-by-partitions", "views-by-workers"])
        {
            var svg = XDocument.Load(Path.Combine(plots, name + ".svg"));
            IsOfHereAndNow(
                string.Join('\n', svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value))
            );
            IsOfHereAndNow(PngPixels.Read(Path.Combine(plots, name + ".png")).Text["Description"]);
        }

        void IsOfHereAndNow(string text)
        {
            Assert.Contains(MeasuredOn.Describe(), text, StringComparison.Ordinal);
            // A run may end on another day than it began on.
            Assert.Contains(
                [began, DateTime.UtcNow],
                day => text.Contains(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            );
        }
    }

    private static async Task<string> Settle(string line)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "settle.dll"), .. line.Split(' ')]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var said = process.StandardError.ReadToEndAsync();
        var printed = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(5));
        Assert.True(process.ExitCode == 0, await printed + await said);
        return await printed;
    }
}
