using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EventSettlement.Cli;
using EventSettlement.IntegrationTests.Cli;
using EventSettlement.Tests.Fuzz.Shared;
using Xunit.Abstractions;

namespace EventSettlement.IntegrationTests.Fuzz.Cli;

/// <summary>
/// Whatever is typed behind <c>settle</c>: it ends within a second with one of the six codes, says what is wrong where
/// something is, shows no inside, and what is refused changes nothing.
/// </summary>
[Collection(ConsoleTests.Name)]
public sealed partial class CliFuzzTests(SettledInstallation installation, ITestOutputHelper output)
    : IClassFixture<SettledInstallation>,
        IDisposable
{
    // What a line does by itself. What an earlier one set off may come at any time and is left out: commands of a
    // selection and their answers, a replayed message that is parked anew, the run of the schedule.
    private const string Direct = """
        SELECT concat_ws(' ',
            (SELECT count(*) FROM command WHERE outcome IS DISTINCT FROM 'REFUSED'
                AND NOT EXISTS (SELECT FROM selection WHERE command.command_id = ANY (selection.command_ids))),
            (SELECT count(*) FROM run WHERE kind <> 'scheduled'), (SELECT count(*) FROM run WHERE state = 'STOPPED'),
            (SELECT string_agg(status || ' ' || id, ',' ORDER BY id) FROM parked_message WHERE status <> 'PARKED'),
            (SELECT string_agg(state || ' ' || name, ',' ORDER BY name) FROM downstream),
            (SELECT count(*) || ' ' || count(revoked_at) || ' ' || max(created_at) FROM api_key),
            (SELECT count(*) FROM settlement_item WHERE state = 'WRITTEN_OFF'),
            (SELECT count(*) FROM login_code), (SELECT count(*) FROM payee_tax),
            (SELECT sum(next_offset) FROM log_head JOIN log_topic USING (topic_id) WHERE topic = 'study-completed'))
        """;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private static readonly string[] Printed = ["list", "show", "balance", "entries", "history", "items", "explain"];

    private readonly string _folder = Directory.CreateTempSubdirectory("settle-fuzz-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Any_command_line_ends_well_and_what_is_refused_changes_nothing()
    {
        var cases = FuzzPlan.Cases(quick: 200, full: 2_000);
        var root = CommandLine.Root("test", EveryVerb.Commands());
        var lines = new CommandLines(new Random(FuzzPlan.Seed), root, await Settlements(), Files());
        var codes = new int[6];
        using var here = installation.AsEnvironment(_folder);
        for (var n = 0; n < cases; n++)
        {
            var line = lines.Next();
            if (line.Stays && IsRead(root, line))
                continue;
            var before = await installation.Text(Direct);
            var (wrong, exit, times) = await Try(line);
            // What was typed again may be refused because it was done the first time.
            if (
                wrong is null
                && times == 1
                && exit is > 0 and < 5
                && !line.MayDoPart
                && before != await installation.Text(Direct)
            )
                wrong = $"it was refused and had an effect:\n{before}\n{await installation.Text(Direct)}";
            Assert.True(wrong is null, $"{wrong}\n{line}\n{FuzzPlan.Again}, case {n}");
            codes[exit]++;
        }

        output.WriteLine($"{cases} lines, by exit code {string.Join(", ", codes)}; {FuzzPlan.Again}");
        Assert.True(codes[0] >= cases / 50, $"only {codes[0]} lines did what they said");
    }

    private static bool IsRead(RootCommand root, CliCase line)
    {
        try
        {
            return CommandLine.Parse(root, line.Words).Errors.Count == 0;
        }
        catch (CliException)
        {
            return false;
        }
    }

    private static async Task<(string? Wrong, int Exit, int Times)> Try(CliCase line)
    {
        for (var times = 1; ; times++)
        {
            var since = TimeProvider.System.GetTimestamp();
            var (exit, told, error) = (0, "", "");
            try
            {
                (exit, told, error) = await SettledInstallation.Captured(line.Words);
            }
            catch (Exception leaked)
            {
                return ($"an exception: {leaked}", 0, times);
            }

            // One slow time may be the machine's.
            if (TimeProvider.System.GetElapsedTime(since) < Longest)
                return (Judge(line, exit, told, error), exit, times);
            if (times == 3)
                return ("more than a second, three times", exit, times);
        }
    }

    private static string? Judge(CliCase line, int exit, string told, string error)
    {
        if (exit is < 0 or > 5)
            return $"no exit code: {exit}";
        if (exit > 0 && error.Trim().Length < 8 && !told.Contains("WRONG"))
            return $"it ended with {exit} and says only '{error}'";
        if (
            Frame().IsMatch(told + error)
            || error.Contains("Exception")
            || error.Contains("Unhandled")
            || error.Contains("EVENTSETTLEMENT_DEBUG")
        )
            return $"it shows the inside: {told}{error}";
        if (exit == 0 && line.Words.Contains("json") && Printed.Contains(line.Verb) && !IsJson(told) && !IsHelp(told))
            return $"no JSON: {told}";
        return null;
    }

    private static bool IsHelp(string told) =>
        told.StartsWith("Description:", StringComparison.Ordinal) || told.Length < 100;

    private static bool IsJson(string told)
    {
        try
        {
            return JsonNode.Parse(told) is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private async Task<string[]> Settlements() =>
        [
            .. (await installation.Column("settlement list --limit 3", "settlement_id")),
            await installation.SettlementOf("S-GONE"),
            "00000000-0000-0000-0000-000000000001",
        ];

    [GeneratedRegex(@"(?m)^\s+at \S+\(")]
    private static partial Regex Frame();

    private string[] Files()
    {
        string Write(string name, byte[] bytes)
        {
            var path = Path.Combine(_folder, name);
            File.WriteAllBytes(path, bytes);
            return path;
        }

        var fact = System.Text.Encoding.UTF8.GetBytes(SettledInstallation.Fact("S-FILE", "M-1"));
        return
        [
            Write("good.jsonl", fact),
            Write("half.jsonl", [.. fact, (byte)'\n', .. fact[..40]]),
            Write("empty.jsonl", []),
            Write("bytes.jsonl", [0xff, 0xfe, 0, 1]),
            Write("nul.jsonl", [0, 0, 10]),
            _folder,
            Path.Combine(_folder, "none.jsonl"),
        ];
    }
}
