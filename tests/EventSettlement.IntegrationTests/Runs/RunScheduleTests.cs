using EventSettlement.Contracts;
using EventSettlement.Programmes;
using EventSettlement.StudyRefunds;

namespace EventSettlement.IntegrationTests.Runs;

public sealed class RunScheduleTests
{
    private const string Always = "* * * * * ?";

    [Fact]
    public async Task Many_schedulers_make_one_run()
    {
        await using var world = await RunWorld.WithStudies(0);
        await SinceLongAgo(world);
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.Schedule(Always).Step(default)));
        Assert.Equal(1, made.Sum());
        Assert.Equal(1, await world.Number("SELECT count(*) FROM run WHERE kind = 'scheduled' AND seq = 0"));
    }

    [Fact]
    public async Task What_was_due_before_the_first_start_is_not_missed()
    {
        await using var world = await RunWorld.WithStudies(0);
        Assert.Equal(0, await world.Schedule().Step(default));
        Assert.Equal(0, await world.Schedule().Step(default));
        Assert.Equal(0, await world.Number("SELECT count(*) FROM run"));
    }

    [Fact]
    public async Task What_was_missed_for_days_is_caught_up_once()
    {
        await using var world = await RunWorld.WithStudies(0);
        await SinceLongAgo(world);
        Assert.Equal(1, await world.Schedule().Step(default));
        Assert.Equal(0, await world.Schedule().Step(default));
        Assert.Equal(1, await world.Number("SELECT count(*) FROM run"));
    }

    [Fact]
    public async Task A_due_run_waits_for_the_unfinished_one()
    {
        await using var world = await RunWorld.WithStudies(0);
        await SinceLongAgo(world);
        var manual = await world.Start();
        var schedule = world.Schedule(Always);
        Assert.Equal(0, await schedule.Step(default));
        await world.Do($"UPDATE run SET state = 'FINISHED' WHERE run_id = {manual}");
        Assert.Equal(1, await schedule.Step(default));
    }

    [Fact]
    public async Task A_run_that_is_held_up_is_an_alert_until_it_is_made()
    {
        await using var world = await RunWorld.WithStudies(0);
        await SinceLongAgo(world);
        var manual = await world.Start();
        var schedule = world.Schedule(Always);
        await schedule.Step(default);
        await schedule.Step(default);
        Assert.Equal(
            1,
            await world.Number(
                $"""
                SELECT count(*) FROM alert WHERE code = 'run_held_up' AND state = 'OPEN' AND count = 1
                    AND message LIKE '%waits for run {manual}: settlements are still being planned'
                    AND next LIKE '%settle run stop {manual} %'
                """
            )
        );
        await world.Do($"UPDATE run SET state = 'FINISHED' WHERE run_id = {manual}");
        await schedule.Step(default);
        Assert.Equal(1, await world.Number("SELECT count(*) FROM alert WHERE state = 'CLOSED'"));
    }

    [Fact]
    public async Task A_refused_start_uses_up_no_run_id()
    {
        await using var world = await RunWorld.WithStudies(0);
        await SinceLongAgo(world);
        var first = await world.Start();
        for (var i = 0; i < 5; i++)
        {
            await world.Schedule(Always).Step(default);
            await world.Commands.Start(StudyRefund.Name, new OwedQuestion(RunWorld.Date), null, "tester", default);
        }

        await world.Do("UPDATE run SET state = 'FINISHED'");
        Assert.Equal(first + 1, await world.Start());
    }

    private static Task SinceLongAgo(RunWorld world) =>
        world.Do("INSERT INTO run_schedule VALUES ('study-refund', clock() - interval '10 days')");
}
