using System.Diagnostics;
using EventSettlement.Programmes;
using EventSettlement.Runs;

namespace EventSettlement.IntegrationTests.Runs;

public sealed class RunLifeTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task One_run_of_a_programme_is_unfinished()
    {
        await using var world = await RunWorld.WithStudies(1);
        await world.Start();
        var first = await world.Number("SELECT max(run_id) FROM run");
        var second = await world.Commands.Start(
            "study-refund",
            new OwedQuestion(RunWorld.Date),
            null,
            "tester",
            default
        );
        Assert.Equal(("run_unfinished", first), (second.Code, second.Earlier));
        Assert.Equal(
            $"run {first} for 2026-01-10 is not finished yet: settlements are still being planned",
            second.Reason
        );
    }

    [Fact]
    public async Task Ten_starts_at_once_make_one_run()
    {
        await using var world = await RunWorld.WithStudies(1);
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 10)
                .Select(_ =>
                    world.Commands.Start("study-refund", new OwedQuestion(RunWorld.Date), null, "tester", default)
                )
        );
        Assert.Single(answers, a => a.Run is not null);
        Assert.Equal(9, answers.Count(a => a.Code == "run_unfinished"));
    }

    [Theory]
    [InlineData("no-such", "2026-01-10", "unknown_programme")]
    [InlineData("study-refund", "1970-01-01", "date_out_of_range")]
    public async Task A_start_that_makes_no_sense_is_refused(string programme, string date, string code)
    {
        await using var world = await RunWorld.WithStudies(0);
        Assert.Equal(
            code,
            (
                await world.Commands.Start(
                    programme,
                    new OwedQuestion(DateOnly.Parse(date, null)),
                    null,
                    "tester",
                    default
                )
            ).Code
        );
    }

    [Fact]
    public async Task A_run_with_nothing_to_plan_is_finished_at_once()
    {
        await using var world = await RunWorld.WithStudies(0);
        var run = await world.Start();
        await world.Planner().Step(default);
        await world.Watch.Step(default);
        Assert.Equal(RunStates.Finished, (await world.Queries.Show(run, default))!.Run.State);
    }

    [Fact]
    public async Task A_run_is_finished_when_all_that_it_planned_has_ended()
    {
        await using var world = await RunWorld.WithStudies(10);
        var run = await world.Start();
        await world.Planner().Step(default);
        await world.Do(
            $"""
            INSERT INTO run_progress VALUES ({run}, 'saga-0', 'COMPLETED', 6, 18, 1), ({run}, 'saga-1',
                'COMPLETED', 2, 6, 1),
                ({run}, 'saga-1', 'FAILED', 1, 3, 1), ({run}, 'saga-1', 'AWAITING_RETRY', 1, 3, 1)
            """
        );
        await world.Watch.Step(default);
        var paying = (await world.Queries.Show(run, default))!;
        Assert.Equal((RunStates.Paying, 1L), (paying.Run.State, paying.Retrying));
        Assert.Equal(8, paying.Totals.Single(t => t.State == "COMPLETED").Settlements);
        await world.Do("UPDATE run_progress SET state = 'CANCELLED' WHERE state = 'AWAITING_RETRY'");
        await world.Watch.Step(default);
        Assert.Equal(RunStates.Finished, (await world.Queries.Show(run, default))!.Run.State);
        Assert.Equal("not_running", (await world.Commands.Stop(run, "tester", null, default)).Code);
    }

    [Fact]
    public async Task A_desk_tells_a_finished_run_from_a_stopped_one()
    {
        await using var world = await RunWorld.WithStudies(3);
        var run = await world.Start();
        var progress = new EventSettlement.Desk.RunProgress(world.Queries, _ => { });
        Assert.Null((await world.Commands.Stop(run, "tester", null, default)).Code);
        Assert.False(await progress.Watch(run, TimeSpan.FromSeconds(5), alone: false, default));
        await world.Do("UPDATE run SET state = 'FINISHED'");
        Assert.True(await progress.Watch(run, TimeSpan.FromSeconds(5), alone: false, default));
    }

    [Fact]
    public async Task A_desk_that_nobody_looks_after_does_not_wait_for_a_downstream_that_was_stopped()
    {
        await using var world = await RunWorld.WithStudies(3);
        var run = await world.Start();
        await world.Planner().Step(default);
        await world.Do("INSERT INTO downstream (name, state, since) VALUES ('member', 'STOPPED', clock())");
        var progress = new EventSettlement.Desk.RunProgress(world.Queries, _ => { });
        Assert.False(await progress.Watch(run, TimeSpan.FromDays(1), alone: true, default).WaitAsync(Soon));
        await Assert.ThrowsAsync<TimeoutException>(() =>
            progress.Watch(run, TimeSpan.FromDays(1), alone: false, default).WaitAsync(TimeSpan.FromSeconds(1))
        );
    }

    [Fact]
    public async Task A_run_nobody_knows_is_not_found()
    {
        await using var world = await RunWorld.WithStudies(0);
        Assert.Equal("not_found", (await world.Commands.Stop(77, "tester", null, default)).Code);
        Assert.Equal("not_found", (await world.Commands.Resume(77, default)).Code);
        Assert.Null(await world.Queries.Show(77, default));
    }

    [Fact]
    public async Task A_second_run_for_the_same_date_plans_only_what_is_new()
    {
        await using var world = await RunWorld.WithStudies(10);
        await world.Start();
        await world.Planner().Step(default);
        await world.Do("UPDATE run SET state = 'FINISHED'");
        await world.Take(EventSettlement.StudyRefunds.SampleStudies.Lines(5, 3, 2, RunWorld.Date));
        var run = await world.Start();
        await world.Planner().Step(default);
        Assert.Equal(5, await world.Number($"SELECT count(*) FROM settlement_request WHERE run_id = {run}"));
        Assert.Equal([run], (await world.Queries.List(1, null, default)).Select(r => r.Run.Id));
    }

    [Fact]
    public async Task A_list_of_many_runs_asks_no_more_than_one_run_does()
    {
        await using var world = await RunWorld.WithStudies(0);
        await world.Do(
            """
            INSERT INTO run (programme, business_date, kind, seq, state, actor, created_at)
                SELECT 'p' || n, '2026-01-10', 'manual', 1, 'PAYING', 'ann', clock() FROM generate_series(1, 20) n;
            INSERT INTO run_progress SELECT run_id, 'planner', 'PLANNED', 2, 2, 20 FROM run;
            INSERT INTO run_progress SELECT run_id, 'saga-0', 'AWAITING_RETRY', 2, 2, 20 FROM run
            """
        );
        await world.Queries.List(50, null, default);
        var one = await Statements(() => world.Queries.List(1, null, default));
        Assert.InRange(one, 1, 5);
        Assert.Equal(one, await Statements(() => world.Queries.List(50, null, default)));
    }

    private static async Task<int> Statements(Func<Task> ask)
    {
        var count = 0;
        using var asking = new Activity("asking").Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = done =>
            {
                if (done.TraceId == asking.TraceId && done.Kind == ActivityKind.Client)
                    Interlocked.Increment(ref count);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await ask();
        return count;
    }
}
