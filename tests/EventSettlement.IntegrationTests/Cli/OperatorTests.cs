using System.Text.Json.Nodes;

namespace EventSettlement.IntegrationTests.Cli;

/// <summary>What an operator does from the command line, and sees of it.</summary>
[Collection(ConsoleTests.Name)]
public sealed class OperatorTests(SettledInstallation installation) : IClassFixture<SettledInstallation>
{
    [Fact]
    public async Task A_rejected_item_is_explained_and_asked_again_only_when_told_to()
    {
        await Run("S-REJ", "REJ", "M-2", rejected: "REJ");
        var id = await installation.SettlementOf("S-REJ");
        Assert.Contains(
            "REJ  REJECTED  30,000 = 30,000 − 0 absences × 3,000; fact at study-completed/",
            await Told("settlement explain " + id),
            StringComparison.Ordinal
        );
        Assert.Contains("rejected: told", await Told("settlement explain " + id), StringComparison.Ordinal);
        var (exit, error) = await installation.Ended("settlement retry " + id);
        Assert.Equal(4, exit);
        Assert.StartsWith("refused_by_state (nothing_to_retry): ", error, StringComparison.Ordinal);
        installation.Rejected.Remove("REJ");
        Assert.Equal((0, ""), await installation.Ended($"settlement retry {id} --include-rejected"));
        await SettledInstallation.Until(async () => await installation.StateOf("S-REJ") == "COMPLETED");
        Assert.Matches(
            "27,000 = 30,000 − 1 absence × 3,000; fact at study-completed/[0-9]+/[0-9]+; run [0-9]+ for "
                + "2026-11-21; paid as t-[0-9]+ on [0-9-]+ [0-9:]+ KST",
            await Told("settlement explain " + id)
        );
    }

    [Fact]
    public async Task An_alert_opens_with_a_failure_and_closes_by_itself_when_it_has_healed()
    {
        var run = await Run("S-FAIL", "FAIL", "M-2", failing: "FAIL");
        Assert.Equal(["FAILED"], await installation.Column($"settlement list --run {run}", "state"));
        var mine = $"run {run} study-refund settlement_failed";
        Assert.Contains(mine, await installation.Column("alert list --state open", "cause"));
        var next = (await installation.Column("alert list --state open", "next")).Single(n =>
            n.Contains($"--run {run} ", StringComparison.Ordinal)
        );
        Assert.StartsWith("settle settlement list --run", next, StringComparison.Ordinal);
        installation.Failing.Clear();
        var id = await installation.SettlementOf("S-FAIL");
        Assert.Equal((0, ""), await installation.Ended("settlement retry " + id));
        await SettledInstallation.Until(async () =>
            (await installation.Column("alert list --state closed", "cause")).Contains(mine)
        );
    }

    [Fact]
    public async Task A_run_says_what_it_waits_for_and_the_next_one_which_it_waits_for()
    {
        await installation.Take(SettledInstallation.Fact("S-LATER", "M-1"));
        var run = await Start("--pay-at 2031-01-01T00:00:00+09:00");
        await SettledInstallation.Until(async () =>
            (await Told($"run show {run}")).Contains(
                "1 pending, payable from 2031-01-01 00:00:00 KST",
                StringComparison.Ordinal
            )
        );
        var (exit, error) = await installation.Ended("run start study-refund --date 2026-11-21");
        Assert.Equal(4, exit);
        Assert.StartsWith(
            $"refused_by_state (run_unfinished): run {run} for 2026-11-21 is not finished yet: "
                + "1 pending, payable from 2031-01-01 00:00:00 KST",
            error,
            StringComparison.Ordinal
        );
        Assert.Contains($"settle run stop {run}", error, StringComparison.Ordinal);
        var id = await installation.SettlementOf("S-LATER");
        Assert.Equal((0, ""), await installation.Ended($"settlement hold {id} --reason look"));
        Assert.Contains("1 held (settle settlement release)", await Told($"run show {run}"), StringComparison.Ordinal);
        Assert.Equal((4, true), await Refused($"settlement retry {id}", "refused_by_state"));
        Assert.Equal((0, ""), await installation.Ended($"settlement release {id}"));
        Assert.Equal((0, ""), await installation.Ended($"settlement cancel {id} --reason wrong"));
        await SettledInstallation.Until(async () => await installation.StateOf("S-LATER") == "CANCELLED");
        Assert.Equal((0, ""), await installation.Ended($"run watch {run}"));
        Assert.Equal((0, ""), await installation.Ended("ledger verify"));
        Assert.Equal(
            ["hold", "release", "cancel-asked", "cancelled"],
            (await installation.Column("settlement history " + id, "cause"))[1..]
        );
    }

    [Fact]
    public async Task A_downstream_that_refuses_everything_is_stopped_with_its_reason_until_it_is_resumed()
    {
        installation.Members.Before = (http, _) =>
        {
            http.Response.StatusCode = 401;
            return Task.FromResult(true);
        };
        await installation.Take(SettledInstallation.Fact("S-401", "M-1"));
        var run = await Start("");
        await SettledInstallation.Until(async () =>
            (await installation.Column("downstream list", "state")).Single() == "STOPPED"
        );
        Assert.Contains(
            "401",
            (await installation.Column("downstream list", "code")).Single(),
            StringComparison.Ordinal
        );
        Assert.Contains("payouts to member are stopped", await Told($"run show {run}"), StringComparison.Ordinal);
        Assert.Contains("downstream member stopped", await installation.Column("alert list --state open", "cause"));
        installation.Members.Before = (_, _) => Task.FromResult(false);
        Assert.Equal((0, ""), await installation.Ended("downstream resume member"));
        Assert.Equal((0, ""), await installation.Ended($"run watch {run}"));
        Assert.Equal("COMPLETED", await installation.StateOf("S-401"));
        Assert.Contains("downstream member stopped", await installation.Column("alert list --state closed", "cause"));
    }

    [Fact]
    public async Task A_stopped_partition_is_listed_and_read_on_when_it_is_accepted()
    {
        await installation.Do(
            "UPDATE consumer_offset SET stopped = 'another record', epoch = epoch + 1 "
                + "WHERE group_id = 'saga' AND topic = 'settlements' AND partition = 3"
        );
        Assert.Equal(["another record"], await installation.Column("log list --stopped", "stopped"));
        Assert.Equal((0, ""), await installation.Ended("log accept saga settlements 3"));
        Assert.Empty(await installation.Column("log list --stopped", "stopped"));
        Assert.Equal((4, true), await Refused("log accept saga settlements 3", "refused_by_state (not_stopped)"));
    }

    [Fact]
    public async Task A_stopped_run_is_resumed_and_watching_a_stopped_one_ends_with_1()
    {
        await installation.Take(SettledInstallation.Fact("S-STOP", "M-1"));
        var run = await Start("--pay-at 2031-01-01T00:00:00+09:00");
        Assert.Equal((0, ""), await installation.Ended($"run stop {run}"));
        var (exit, error) = await installation.Ended($"run watch {run}");
        Assert.Equal(1, exit);
        Assert.Contains("stopped by tester", error, StringComparison.Ordinal);
        Assert.Equal((0, ""), await installation.Ended($"run resume {run}"));
        await SettledInstallation.Until(async () =>
            (await installation.Column("settlement list --subject S-STOP", "state")).Length == 1
        );
        Assert.Equal(
            (0, ""),
            await installation.Ended($"settlement cancel {await installation.SettlementOf("S-STOP")} --reason done")
        );
        Assert.Equal((0, ""), await installation.Ended($"run watch {run}"));
    }

    [Fact]
    public async Task A_parked_fact_shows_its_bytes_and_is_replayed_and_discarded_once()
    {
        await installation.Take(SettledInstallation.Fact("S-3", "M-1", "M-9"));
        var id = (await installation.Column("parked list", "parked_id"))[^1];
        var shown = JsonNode.Parse(await Told($"parked show {id} --output json"))!;
        Assert.Equal(SettledInstallation.Fact("S-3", "M-1", "M-9"), (string?)shown["body_text"]);
        Assert.Equal("/participants/1/memberId", (string?)shown["pointer"]);
        Assert.Equal((0, ""), await installation.Ended("parked replay " + id));
        Assert.Equal((4, true), await Refused("parked replay " + id, "refused_by_state (not_parked)"));
        // What is wrong is parked anew, as a message of its own.
        await SettledInstallation.Until(async () => (await installation.Column("parked list", "parked_id"))[^1] != id);
        var again = (await installation.Column("parked list", "parked_id"))[^1];
        Assert.Equal((0, ""), await installation.Ended($"parked discard {again} --reason same"));
        Assert.Equal(
            (4, true),
            await Refused($"parked discard {again} --reason same", "refused_by_state (not_parked)")
        );
    }

    [Fact]
    public async Task An_item_in_doubt_that_a_person_proves_paid_ends_its_settlement()
    {
        await Run("S-RES", "RES", "M-2", rejected: "RES");
        var id = await installation.SettlementOf("S-RES");
        Assert.Equal((0, ""), await installation.Ended($"item resolve {id}-2:1 --write-off left"));
        await SettledInstallation.Until(async () => await installation.StateOf("S-RES") == "COMPLETED");
        Assert.Equal(["PAID", "WRITTEN_OFF"], await installation.Column("settlement items " + id, "state"));
        Assert.Equal((0, ""), await installation.Ended("ledger verify"));
    }

    [Fact]
    public async Task Many_at_once_need_the_number_that_is_expected()
    {
        var (one, two) = (await installation.SettlementOf("S-4"), await installation.SettlementOf("S-5"));
        var (exit, error) = await installation.Ended($"settlement retry {one} {two} --yes --expect-count 3");
        Assert.Equal(2, exit);
        Assert.Contains("nothing was changed", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_facts_is_sent_and_its_wrong_lines_are_named()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllLinesAsync(file, [SettledInstallation.Fact("S-F1", "M-1"), "{\"studyId\":\"S-F2\"}"]);
        var (exit, told, error) = await installation.Settle("produce study-completed " + file);
        Assert.Equal((1, "0 accepted"), (exit, told.TrimEnd()));
        Assert.Contains("line 2/completedAt: missing_field", error, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, SettledInstallation.Fact("S-1", "M-1", "M-2"));
        Assert.Equal((0, "1 accepted", ""), await Trimmed($"produce study-completed {file} --key /studyId"));
        await File.WriteAllBytesAsync(file, [(byte)'{', 0xff, (byte)'}']);
        (exit, error) = await installation.Ended("produce study-completed " + file);
        Assert.Equal(1, exit);
        Assert.Contains("line 1", error, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public async Task What_is_right_is_sent_without_the_wrong_lines_where_that_is_asked_for()
    {
        var file = Path.GetTempFileName();
        var right = SettledInstallation.Fact("S-1", "M-1", "M-2");
        await File.WriteAllLinesAsync(file, [right, "{\"studyId\":\"S-F2\"}", right]);
        var (exit, told, error) = await installation.Settle($"produce study-completed {file} --skip-invalid");
        File.Delete(file);
        Assert.Equal((1, "2 accepted"), (exit, told.TrimEnd()));
        Assert.Contains("line 2/completedAt: missing_field", error, StringComparison.Ordinal);
        Assert.Contains("Wrong lines: 1, left out", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_many_wrong_lines_the_first_are_named_and_how_many_more_there_are()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllLinesAsync(file, Enumerable.Repeat("{}", 150));
        var (exit, told, error) = await installation.Settle("produce study-completed " + file);
        File.Delete(file);
        Assert.Equal((1, "0 accepted"), (exit, told.TrimEnd()));
        Assert.Equal(100, error.Split('\n').Count(l => l.StartsWith("line ", StringComparison.Ordinal)));
        Assert.Contains("\nand 150 more\n", error.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    private async Task<long> Run(
        string study,
        string first,
        string second,
        string? rejected = null,
        string? failing = null
    )
    {
        if (rejected is not null)
            installation.Rejected.Add(rejected);
        if (failing is not null)
            installation.Failing.Add(failing);
        await installation.Take(SettledInstallation.Fact(study, first, second));
        var run = await Start("--watch");
        return run;
    }

    private async Task<long> Start(string more)
    {
        var told = await Told($"run start study-refund --date 2026-11-21 --output json {more}".TrimEnd());
        return (long)JsonNode.Parse(told)!["run_id"]!;
    }

    private async Task<string> Told(string line)
    {
        var (exit, told, error) = await installation.Settle(line);
        Assert.True(exit == 0, line + ": " + error);
        return told;
    }

    private async Task<(int Exit, bool Says)> Refused(string line, string why)
    {
        var (exit, error) = await installation.Ended(line);
        return (exit, error.StartsWith(why, StringComparison.Ordinal));
    }

    private async Task<(int Exit, string Out, string Error)> Trimmed(string line)
    {
        var (exit, told, error) = await installation.Settle(line);
        return (exit, told.TrimEnd(), error);
    }
}
