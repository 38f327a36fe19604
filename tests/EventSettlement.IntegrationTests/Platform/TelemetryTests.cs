using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using EventSettlement.IntegrationTests.Cli;
using EventSettlement.IntegrationTests.Fixtures;

namespace EventSettlement.IntegrationTests.Platform;

/// <summary>What a server with all roles tells Prometheus and a collector, after a run.</summary>
[Collection(ConsoleTests.Name)]
public sealed partial class TelemetryTests(SettledInstallation installation) : IClassFixture<SettledInstallation>
{
    [Fact]
    public async Task Prometheus_finds_nothing_wrong()
    {
        using var promtool = Start("promtool", "check", "metrics");
        await promtool.StandardInput.WriteAsync(await Scraped());
        promtool.StandardInput.Close();
        var said = await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        Assert.Equal(("", 0), (said, promtool.ExitCode));
    }

    [Fact]
    public async Task The_table_of_metrics_is_what_a_server_tells()
    {
        await SettledInstallation.Until(async () => Families(await Scraped()).ContainsKey("settlement_alerts_open"));
        var told = Families(await Scraped());
        var table = Table();
        Assert.All(
            table,
            row =>
            {
                Assert.True(told.TryGetValue(row.Scraped, out var family), $"{row.Scraped} is not told");
                Assert.Equal(row.Kind, family.Kind);
            }
        );
        // Ours by the instruments themselves, so that none is forgotten; the others are those worth a look.
        var ours = Instruments();
        Assert.True(ours.Count >= 10, $"{ours.Count} instruments");
        Assert.Equal(
            ours.Select(i => i.Name).Order(StringComparer.Ordinal),
            table.Select(r => r.Name).Where(n => OurName().IsMatch(n)).Order(StringComparer.Ordinal)
        );
        Assert.All(
            ours,
            instrument =>
            {
                var row = table.Single(r => r.Name == instrument.Name);
                Assert.False(string.IsNullOrEmpty(instrument.Unit), $"{instrument.Name} has no unit");
                Assert.Equal(row.What, instrument.Description);
                Assert.Equal((row.What, row.By), (told[row.Scraped].Help, told[row.Scraped].Labels));
            }
        );
    }

    [Fact]
    public async Task What_was_counted_before_the_first_look_is_told() =>
        Assert.Matches("(?m)^messaging_batch_size_count{} [1-9]", await Scraped());

    [Fact]
    public async Task One_trace_leads_through_all_messages_of_a_settlement()
    {
        // Of the request itself the planner might know more, and it knows of no trace.
        const string traces = """
            SELECT concat(count(*) > 100, ' ', sum((ids <> 1 OR told <> all_of_it)::int)) FROM (
                SELECT count(DISTINCT trace) AS ids, count(trace) AS told, count(*) AS all_of_it
                FROM (SELECT msg_key, substring(headers FROM 'traceparent\t[^-]+-([0-9a-f]{32})-') AS trace
                    FROM event_log JOIN log_topic USING (topic_id)
                    WHERE (topic LIKE 'settlement%' OR topic LIKE 'payouts%')
                        AND headers NOT LIKE '%SettlementRequested%'
                ) AS message GROUP BY msg_key) AS settlement
            """;
        Assert.Equal("t 0", await installation.Text(traces));
    }

    [Fact]
    public async Task Batches_of_messages_are_spans_with_their_statements_and_calls() =>
        await SettledInstallation.Until(() =>
        {
            var spans = string.Concat(installation.Collector.Traces);
            return Task.FromResult(
                spans.Contains("saga batch", StringComparison.Ordinal)
                    && spans.Contains("payouts.member batch", StringComparison.Ordinal)
                    && spans.Contains("intake batch", StringComparison.Ordinal)
                    && spans.Contains("/v1/point-credits/bulk", StringComparison.Ordinal)
                    && spans.Contains("UPDATE settlement_item", StringComparison.Ordinal)
            );
        });

    private async Task<string> Scraped()
    {
        using var client = installation.Client();
        return await client.GetStringAsync("/metrics");
    }

    private static List<Instrument> Instruments()
    {
        var all = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name.StartsWith("EventSettlement", StringComparison.Ordinal))
                    all.Add(instrument);
            },
        };
        listener.Start();
        return all;
    }

    private static Row[] Table() =>
        [
            .. File.ReadLines(Path.Combine(SourceTree.Root, "docs", "operations", "metrics.md"))
                .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
                .Where(cells => cells.Length == 7 && cells[1].StartsWith('`'))
                .Select(cells => new Row(
                    cells[1].Trim('`'),
                    cells[2].Trim('`'),
                    cells[3],
                    cells[4].Trim('`'),
                    cells[5]
                )),
        ];

    private static Dictionary<string, (string Kind, string Help, string Labels)> Families(string text) =>
        Kinds()
            .Matches(text)
            .ToDictionary(
                m => m.Groups[1].Value,
                m =>
                {
                    var name = m.Groups[1].Value;
                    var help = Regex.Match(text, $"(?m)^# HELP {name} (.*)$").Groups[1].Value;
                    var labels = Regex.Match(text, $$"""(?m)^{{name}}(?:_count)?\{(.*)\}""").Groups[1].Value;
                    return (m.Groups[2].Value, help, string.Join(", ", labels.Split(',').Select(l => l.Split('=')[0])));
                }
            );

    private static Process Start(string program, params string[] arguments)
    {
        try
        {
            return Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardError = true }
            )!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw TestServer.Missing($"{program} is not installed: apt-get install prometheus");
        }
    }

    [GeneratedRegex("(?m)^# TYPE ([a-z0-9_]+) ([a-z]+)$")]
    private static partial Regex Kinds();

    [GeneratedRegex("^(messaging|settlement|ledger|views)[.]")]
    private static partial Regex OurName();

    private sealed record Row(string Name, string Scraped, string Kind, string By, string What);
}
