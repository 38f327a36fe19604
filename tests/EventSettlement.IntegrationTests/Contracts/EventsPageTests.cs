using System.Globalization;
using System.Text.Json;
using EventSettlement.IntegrationTests.EventLog.World;

namespace EventSettlement.IntegrationTests.Contracts;

/// <summary>
/// The pages about facts and events where Kafka is between: what a run tells the world, read by the command that the
/// page shows, and what cannot be taken, sent by the command that the other page shows.
/// </summary>
public sealed class EventsPageTests : IDisposable
{
    private const string RightStudy = "S-1",
        RetriedStudy = "S-2",
        FailedStudy = "S-3",
        UnpaidStudy = "S-4";
    private static readonly HashSet<string> Exact = ["programme", "period", "state", "currency"];
    private static readonly string[] ExactHeaders = ["ce_specversion", "ce_type", "ce_source", "content-type"];
    private readonly string _folder = Directory.CreateTempSubdirectory("settle-page-").FullName;
    private string _bootstrap = "";
    private ServedInstallation _served = null!;

    [Fact]
    public async Task Events_look_as_the_page_says_and_what_is_no_fact_is_parked_as_the_page_says()
    {
        StartedProcess.Need("kcat");
        _bootstrap = await KafkaBroker.Bootstrap();
        await using var sandbox = StartedProcess.Settle(
            $"sandbox --port 0 --journal {Path.Combine(_folder, "credits.jsonl")}",
            new Dictionary<string, string>()
        );
        await using var served = await ServedInstallation.Start((await sandbox.Listens()).ToString(), _bootstrap);
        _served = served;
        var refused = await SendWhatIsRefused();
        await Settle();

        var told = await ReadEvents();

        var wrong = new List<string>();
        foreach (var example in ContractPage.Read("events.md").Where(e => e.Language == "http"))
        {
            var shown = HttpExample.Parse(example.Text, withoutFirst: true);
            var type = shown.Headers["ce_type"];
            if (told.Find(e => e.Headers["ce_type"] == type) is not { } sent)
                wrong.Add($"events.md:{example.Line} no event of the type {type} was sent");
            else
                wrong.AddRange(Differences(shown, sent).Select(d => $"events.md:{example.Line} {type}: {d}"));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(refused.Order(), (await ReadParked()).Order());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<IReadOnlyList<string>> SendWhatIsRefused()
    {
        var refused = ContractPage.Read("facts.md").Where(e => e.Refused is not null).ToList();
        await File.WriteAllTextAsync(Path.Combine(_folder, "facts.jsonl"), string.Concat(refused.Select(e => e.Text)));
        await Command("facts.md");
        return [.. refused.Select(e => $"{e.Refused!.Value.Code} {e.Refused.Value.Pointer} {e.Text.Trim()}")];
    }

    private async Task<IReadOnlyList<string>> ReadParked()
    {
        var all = new List<string>();
        foreach (var parked in await _served.List("v1/parked"))
        {
            var one = await _served.Get($"v1/parked/{parked.GetProperty("parkedId")}");
            all.Add($"{one.GetProperty("code")} {one.GetProperty("pointer")} {one.GetProperty("bodyText")}");
        }

        return all;
    }

    // A member who fails once, one who has left, and a study of which nothing is owed.
    private async Task Settle()
    {
        var facts = new[]
        {
            Fact(RightStudy, "M-1", 0),
            Fact(RetriedStudy, "M-FAIL1-2", 0),
            Fact(FailedStudy, "M-CLOSED-3", 0),
            Fact(UnpaidStudy, "M-4", 100),
        };
        var file = Path.Combine(_folder, "good.jsonl");
        await File.WriteAllLinesAsync(file, facts);
        await _served.Settle($"produce study-completed {file}");
        await _served.TakesIn();
        await _served.Run(new DateOnly(2026, 11, 20));
        await Reach(RightStudy, "COMPLETED");
        await Reach(RetriedStudy, "AWAITING_RETRY");
        await Reach(UnpaidStudy, "COMPLETED");
        var failed = await Reach(FailedStudy, "FAILED");
        await _served.Settle($"settlement cancel {failed} --reason left");
        await Reach(FailedStudy, "CANCELLED");
    }

    private async Task<string> Reach(string subject, string state)
    {
        var id = "";
        await Eventually.Holds(
            async () =>
                (await _served.List("v1/settlements")).Any(s =>
                    s.GetProperty("subject").GetString() == subject
                    && s.GetProperty("state").GetString() == state
                    && (id = s.GetProperty("settlementId").GetString()!).Length > 0
                ),
            TimeSpan.FromSeconds(60),
            $"{subject} is {state}"
        );
        return id;
    }

    private async Task<List<HttpExample>> ReadEvents()
    {
        var events = new List<HttpExample>();
        await Eventually.Holds(
            async () =>
            {
                events = [.. (await Command("events.md")).Split("\n\n").Where(e => e.Trim().Length > 0).Select(Event)];
                return events.Exists(e => e.Headers["ce_type"] == "settlement.cancelled");
            },
            TimeSpan.FromSeconds(60),
            "the last event has left"
        );
        return events;
    }

    /// <summary>Key, headers and value, a line each, as the page's command prints them.</summary>
    private static HttpExample Event(string printed)
    {
        var lines = printed.Trim('\n').Split('\n');
        var headers = lines[1]
            .Split(',')
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        Assert.StartsWith(lines[0] + "-", headers["ce_id"], StringComparison.Ordinal);
        return new HttpExample("", headers, lines[2]);
    }

    private static IEnumerable<string> Differences(HttpExample shown, HttpExample sent)
    {
        foreach (var name in shown.Headers.Keys.Except(sent.Headers.Keys))
            yield return $"the header {name} is missing";
        foreach (var name in sent.Headers.Keys.Where(n => n.StartsWith("ce_", StringComparison.Ordinal)))
            if (!shown.Headers.ContainsKey(name))
                yield return $"the header {name} is there and not on the page";
        foreach (var name in ExactHeaders.Where(n => shown.Headers[n] != sent.Headers.GetValueOrDefault(n)))
            yield return $"{name} is {sent.Headers.GetValueOrDefault(name)} instead of {shown.Headers[name]}";
        var body = JsonDocument.Parse(sent.Body).RootElement;
        if (sent.Headers["ce_id"] != $"{body.GetProperty("id")}-{body.GetProperty("seq")}")
            yield return $"ce_id is {sent.Headers["ce_id"]}";
        if (!IsMoment(sent.Headers["ce_time"]) || !IsMoment(shown.Headers["ce_time"]))
            yield return $"ce_time is {sent.Headers["ce_time"]}";
        foreach (var difference in JsonShape.Differences(shown.Body, sent.Body, Exact))
            yield return difference;
    }

    private static bool IsMoment(string text) =>
        DateTime.TryParseExact(
            text,
            "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out _
        );

    /// <summary>Runs the kcat command of a page, with the address of this broker for the page's.</summary>
    private Task<string> Command(string page)
    {
        var example = Assert.Single(
            ContractPage.Read(page),
            e => e.Language == "sh" && e.Text.StartsWith("kcat ", StringComparison.Ordinal)
        );
        return _served.Bash(example.Text.Replace("localhost:9092", _bootstrap, StringComparison.Ordinal), _folder);
    }

    private static string Fact(string study, string member, int absences) =>
        JsonSerializer.Serialize(
            new
            {
                studyId = study,
                completedAt = "2026-11-19T22:10:00+09:00",
                currency = "KRW",
                depositPerMember = 30000,
                penaltyPerAbsence = 3000,
                participants = new[] { new { memberId = member, absences } },
            }
        );
}
