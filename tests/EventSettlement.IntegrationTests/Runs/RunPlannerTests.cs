using EventSettlement.Alerts;
using EventSettlement.Dashboard;
using EventSettlement.EventLog;
using EventSettlement.Ledger;
using EventSettlement.Payouts;
using EventSettlement.Runs;
using EventSettlement.Settlements;

namespace EventSettlement.IntegrationTests.Runs;

public sealed class RunPlannerTests
{
    private const string Freely = "ALTER TABLE study DISABLE TRIGGER study_append_only; ";

    [Fact]
    public async Task A_run_plans_each_study_once()
    {
        await using var world = await RunWorld.WithStudies(1_500);
        var run = await world.Start();
        Assert.True(await world.Planner().Step(default));
        Assert.False(await world.Planner().Step(default));
        await world.AssertPlannedOnce(1_500);
        Assert.Equal(RunStates.Paying, (await world.Queries.Show(run, default))!.Run.State);
        Assert.Equal(
            0,
            await world.Number("SELECT count(*) FROM settlement_item WHERE (state = 'PAID') <> (amount = 0)")
        );
    }

    [Fact]
    public async Task A_planner_killed_between_chunks_is_followed_by_another()
    {
        await using var world = await RunWorld.WithStudies(1_000);
        await world.Start();
        await world.Planner().Step(default, maxChunks: 2);
        Assert.InRange(await world.Number("SELECT count(*) FROM settlement_request"), 1, 999);
        // While the lease of the killed one stands, nobody else begins.
        Assert.False(await world.Planner().Step(default));
        await world.Do("UPDATE run SET lease_until = clock() - interval '1 second'");
        Assert.True(await world.Planner().Step(default));
        await world.AssertPlannedOnce(1_000);
    }

    [Fact]
    public async Task A_frozen_planner_that_lost_its_lease_writes_nothing_more()
    {
        await using var world = await RunWorld.WithStudies(2_000);
        await world.Start();
        var frozen = world.Planner().Step(default);
        await Poll.Until(async () => await world.Number("SELECT count(*) FROM settlement_request") > 0);
        await world.Do("UPDATE run SET lease_until = clock() - interval '1 second' WHERE state = 'PLANNING'");
        await Task.WhenAll(world.Planner().Step(default), world.Planner().Step(default), frozen);
        while (await world.Planner().Step(default))
            continue;
        await world.AssertPlannedOnce(2_000);
    }

    [Fact]
    public async Task A_run_whose_sum_passes_64_bits_is_planned_to_its_end_and_shown()
    {
        const int studies = 1_100;
        const long most = (1L << 53) - 1;
        await using var world = await RunWorld.WithStudies(0);
        await world.Take(
            Enumerable
                .Range(0, studies)
                .Select(n =>
                    $$"""
                        {"studyId":"S-{{n}}","completedAt":"2026-01-09T10:00:00+09:00","currency":"KRW",
                         "depositPerMember":{{most}},"penaltyPerAbsence":0,
                         "participants":[{"memberId":"M-1","absences":0}]}
                        """
                )
        );
        var run = await world.Start();
        Assert.True(await world.Planner().Step(default));

        var shown = (await world.Queries.Show(run, default))!;
        Assert.Equal(
            (RunStates.Paying, studies * (decimal)most),
            (shown.Run.State, Assert.Single(shown.Totals).Amount)
        );
        var ledger = new LedgerReads(world.Database);
        Assert.Equal(
            [studies * (decimal)most, studies * (decimal)-most],
            (await ledger.Balances(null, null, default)).Items.Select(b => b.Balance).OrderDescending()
        );
        using var overview = new OverviewReads(
            world.Queries,
            new SettlementReads(world.Database),
            new ItemReads(world.Database),
            new DownstreamReads(world.Database),
            new AlertReads(world.Database),
            new WaitingReads(world.Database)
        );
        var last = Assert.Single((await overview.Read(default)).Runs);
        Assert.Equal(studies * (decimal)most, Assert.Single(last.Totals).Amount);
    }

    [Fact]
    public async Task Facts_of_the_date_itself_and_later_are_left_to_the_next_run()
    {
        await using var world = await RunWorld.WithStudies(1);
        await world.Do(Freely + "UPDATE study SET completed_at = '2026-01-09T15:00:00Z'");
        await world.Start();
        await world.Planner().Step(default);
        Assert.Equal(0, await world.Number("SELECT count(*) FROM settlement_request"));
        await world.Watch.Step(default);
        await world.Do(Freely + "UPDATE study SET completed_at = '2026-01-09T14:59:59.999999Z'");
        await world.Start();
        await world.Planner().Step(default);
        await world.AssertPlannedOnce(1);
    }

    [Fact]
    public async Task Another_amount_for_an_existing_settlement_is_an_alert_and_nothing_else()
    {
        await using var world = await RunWorld.WithStudies(10);
        await world.Start();
        await world.Planner().Step(default);
        await world.Do("UPDATE run SET state = 'FINISHED'");
        await world.Do("DELETE FROM run_progress");
        await world.Do(Freely + "UPDATE study SET run_id = NULL, deposit = deposit + 1 WHERE study_id = 'S-1-5'");
        await world.Start();
        await world.Planner().Step(default);
        Assert.Equal(1, await world.Number("SELECT count(*) FROM alert WHERE code = 'amount_differs' AND count = 1"));
        Assert.Equal(10, await world.Number("SELECT count(*) FROM outbox"));
        Assert.Equal(30, await world.Number("SELECT count(*) FROM settlement_item"));
        Assert.Equal(0, await world.Number("SELECT count(*) FROM run WHERE state = 'PLANNING'"));
    }

    [Fact]
    public async Task A_study_of_10000_members_is_cut_into_20_parts()
    {
        await using var world = await RunWorld.WithStudies(1, 10_000);
        await world.Start();
        await world.Planner().Step(default);
        Assert.Equal(20, await world.Number("SELECT count(*) FROM settlement_part"));
        Assert.Equal(
            20,
            await world.Number("SELECT count(DISTINCT part) FROM settlement_item WHERE part = (no - 1) / 500")
        );
        Assert.Equal(10_000, await world.Number("SELECT count(*) FROM settlement_item"));
        Assert.InRange(await world.Number("SELECT max(length(body)) FROM outbox"), 1, 256 * 1024);
    }

    [Fact]
    public async Task Planning_pauses_while_too_much_waits_and_a_stop_ends_it()
    {
        await using var world = await RunWorld.WithStudies(10);
        world.Outgoing.Waiting = RunPlanner.MaxWaiting + 1;
        var run = await world.Start();
        var step = world.Planner().Step(default);
        await Poll.Until(async () =>
            await world.Number("SELECT count(*) FROM run WHERE lease_until > clock() + interval '4.8 s'") > 0
        );
        Assert.Equal(0, await world.Number("SELECT count(*) FROM settlement_request"));
        await world.Commands.Stop(run, "tester", null, default);
        Assert.True(await step);
        world.Outgoing.Waiting = 0;
        Assert.False(await world.Planner().Step(default));
        Assert.NotNull((await world.Commands.Resume(run, default)).Run);
        await world.Planner().Step(default);
        await world.AssertPlannedOnce(10);
    }
}
