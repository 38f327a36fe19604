using System.Text.Json;
using EventSettlement.Alerts;
using EventSettlement.Contracts;
using EventSettlement.Runs;
using EventSettlement.Runs.Planning;
using EventSettlement.Settlements;
using EventSettlement.StudyRefunds;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventSettlement.IntegrationTests.Runs;

/// <summary>Settlements above an amount that a person has set.</summary>
public sealed class CeilingTests
{
    [Fact]
    public async Task An_item_above_its_ceiling_is_planned_held_with_an_alert_that_names_figures_and_verb()
    {
        await using var world = await RunWorld.WithStudies(0);
        await world.Take([Fact("S-1", 1_000), Fact("S-2", 1_001)]);
        await Start(world, maxItem: 1_000);
        await world.Planner().Step(default);

        Assert.Equal(["S-2"], await Held(world));
        var alert = await Alert(world);
        Assert.StartsWith("S-2 is held: an item of 1,001 KRW to M-1 is above", alert.Message, StringComparison.Ordinal);
        Assert.Contains("Payouts:MaxItem 1,000", alert.Message, StringComparison.Ordinal);
        Assert.Contains("settle settlement release ", alert.Next, StringComparison.Ordinal);
        Assert.Equal((1, 1_001m), (alert.Count, alert.Amount));
    }

    [Fact]
    public async Task A_run_pays_no_more_than_its_ceiling_without_a_person_also_after_a_planner_was_killed()
    {
        const int studies = 1_000;
        await using var world = await RunWorld.WithStudies(0);
        await world.Take(Enumerable.Range(0, studies).Select(n => Fact($"S-{n}", 1_000)));
        await Start(world, maxRun: 700_500);
        await world.Planner().Step(default, maxChunks: 2);
        Assert.InRange(await world.Number("SELECT count(*) FROM settlement_request"), 1, studies - 1);
        await world.Do("UPDATE run SET lease_until = clock() - interval '1 second'");
        await world.Planner().Step(default);

        await world.AssertPlannedOnce(studies, members: 1);
        Assert.Equal(studies - 700, (await Held(world)).Length);
        Assert.Contains("above Payouts:MaxRun 700,500", (await Alert(world)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_keeps_the_ceilings_that_it_was_started_with_and_without_any_nothing_is_held()
    {
        await using var world = await RunWorld.WithStudies(0);
        await world.Take([Fact("S-1", PlanRules.MostAmount)]);
        await world.Start();
        await world.Planner().Step(default);
        Assert.Empty(await Held(world));
        Assert.Equal(0, await world.Number("SELECT count(*) FROM alert"));
    }

    [Fact]
    public async Task The_alert_closes_when_each_was_released_and_not_while_one_waits_for_its_saga()
    {
        await using var world = await RunWorld.WithStudies(0);
        await world.Take([Fact("S-1", 2_000)]);
        await Start(world, maxItem: 1_000);
        await world.Planner().Step(default);
        using var healed = new HealedAlerts(world.Database, [PlannedHolds.Healing], NullLogger<HealedAlerts>.Instance);
        Assert.Equal(0, await healed.Step(default));
        await world.Do(
            """
            INSERT INTO settlement SELECT settlement_id, 1, 'PENDING', programme, subject, period, run_id, downstream,
                currency, amount, 0, items, 0, 0, 0, 0, 0, 0, '', 0, 3, false, true, false, NULL, true, clock(), NULL,
                NULL, NULL, 2, clock(), clock() FROM settlement_request
            """
        );
        Assert.Equal(0, await healed.Step(default));
        await world.Do("UPDATE settlement SET held = false");
        Assert.Equal(1, await healed.Step(default));
    }

    [Fact]
    public async Task A_date_after_today_by_the_clock_of_the_database_is_refused_unless_it_is_meant()
    {
        await using var world = await RunWorld.WithStudies(0);
        var date = new DateOnly(2041, 3, 2);
        await Clock(world, "2041-03-01T14:59:59Z");
        var refused = await Ask(world, date, future: false);
        Assert.Equal("date_in_future", refused.Code);
        Assert.Contains("later than today in Seoul, 2041-03-01", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(0, await world.Number("SELECT count(*) FROM run"));

        // In Seoul the day begins nine hours earlier.
        await Clock(world, "2041-03-01T15:00:00Z");
        Assert.NotNull((await Ask(world, date, future: false)).Run);
        await world.Do("UPDATE run SET state = 'FINISHED'");
        Assert.NotNull((await Ask(world, date.AddYears(9), future: true)).Run);
    }

    [Fact]
    public async Task Ids_that_look_alike_or_show_nothing_are_listed_in_one_alert_and_paid_as_they_stand()
    {
        // Composed and decomposed, full width, the same without a mark of direction; blanks and what has no width.
        string[] ids =
        [
            "\uAC00",
            "\u1100\u1161",
            "\uFF21",
            "A",
            "B-1",
            "B\u200F-1\u200B",
            "  ",
            "\u200B",
            "\uB098",
            "a",
        ];
        await using var world = await RunWorld.WithStudies(0);
        await world.Take(ids.Select((id, n) => Fact($"S-{n}", 1_000, id)));
        await world.Start();
        await world.Planner().Step(default);

        await world.AssertPlannedOnce(ids.Length, members: 1);
        var alert = await Alert(world);
        Assert.Equal(("lookalike_ids", 8), (alert.Code, alert.Count));
        Assert.Equal(
            ids[..8].Select(id => JsonSerializer.Serialize(id)).Order(StringComparer.Ordinal),
            alert.Message.Split(": ", 2)[1].Split("; ").Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Ids_of_one_spelling_raise_no_alert()
    {
        await using var world = await RunWorld.WithStudies(0);
        await world.Take([
            Fact("S-1", 1, "\uAC00"),
            Fact("S-2", 1, "\uAC00"),
            Fact("S-3", 1, "A b"),
            Fact("S-4", 1, "B"),
        ]);
        await world.Start();
        await world.Planner().Step(default);
        Assert.Equal(0, await world.Number("SELECT count(*) FROM alert"));
    }

    private static async Task Start(RunWorld world, long? maxItem = null, long? maxRun = null)
    {
        var settings = Server
            .Catalogue.Defaults.With(PlanCeilings.MaxItemSetting, maxItem)
            .With(PlanCeilings.MaxRunSetting, maxRun);
        var commands = new RunCommands(world.Database, world.Programmes, settings, world.Signal);
        Assert.NotNull((await commands.Start(StudyRefund.Name, new(RunWorld.Date), null, "tester", default)).Run);
    }

    private static Task<RunAnswer> Ask(RunWorld world, DateOnly date, bool future) =>
        world.Commands.Start(StudyRefund.Name, new(date), null, "tester", default, future: future);

    private static Task Clock(RunWorld world, string at) =>
        world.Do(
            "CREATE OR REPLACE FUNCTION clock() RETURNS timestamptz LANGUAGE sql VOLATILE "
                + $"AS 'SELECT ''{at}''::timestamptz'"
        );

    /// <summary>Subjects whose message tells the saga to hold them, which is what their request says as well.</summary>
    private static async Task<string[]> Held(RunWorld world)
    {
        var held = new List<string>();
        await using var command = world.Database.Reads.CreateCommand(
            "SELECT o.body, r.hold_reason FROM outbox o "
                + "JOIN settlement_request r ON convert_to(r.settlement_id::text, 'UTF8') = o.msg_key"
        );
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            var message = JsonSerializer.Deserialize(
                row.GetFieldValue<byte[]>(0),
                ContractsJson.Default.SettlementRequested
            )!;
            Assert.Equal(row.IsDBNull(1) ? null : row.GetString(1), message.HoldReason);
            if (message.HoldReason is not null)
                held.Add(message.Subject);
        }

        return [.. held.Order(StringComparer.Ordinal)];
    }

    private static async Task<AlertRow> Alert(RunWorld world) =>
        Assert.Single((await new AlertReads(world.Database).List(null, null, null, default)).Items);

    private static string Fact(string study, long deposit, string member = "M-1") =>
        $$"""
            {"studyId":"{{study}}","completedAt":"2026-01-09T10:00:00+09:00","currency":"KRW",
             "depositPerMember":{{deposit}},
             "penaltyPerAbsence":0,"participants":[{"memberId":"{{member}}","absences":0}]}
            """;
}
