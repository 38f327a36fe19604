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
        Assert.Single(made, m => m);
        Assert.Equal(1, await world.Number("SELECT count(*) FROM run WHERE kind = 'scheduled' AND seq = 0"));
    }

    [Fact]
    public async Task What_was_due_before_the_first_start_is_not_missed()
    {
        await using var world = await RunWorld.WithStudies(0);
        Assert.False(await world.Schedule().Step(default));
        Assert.False(await world.Schedule().Step(default));
        Assert.Equal(0, await world.Number("SELECT count(*) FROM run"));
    }

    [Fact]
    public async Task What_was_missed_for_days_is_caught_up_once()
    {
        await using var world = await RunWorld.WithStudies(0);
        await SinceLongAgo(world);
        Assert.True(await world.Schedule().Step(default));
        Assert.False(await world.Schedule().Step(default));
        Assert.Equal(1, await world.Number("SELECT count(*) FROM run"));
    }

    [Fact]
    public async Task A_due_run_waits_for_the_unfinished_one()
    {
        await using var world = await RunWorld.WithStudies(0);
        await SinceLongAgo(world);
        var manual = await world.Start();
        var schedule = world.Schedule(Always);
        Assert.False(await schedule.Step(default));
        await world.Do($"UPDATE run SET state = 'FINISHED' WHERE run_id = {manual}");
        Assert.True(await schedule.Step(default));
    }

    private static Task SinceLongAgo(RunWorld world) =>
        world.Do("INSERT INTO run_schedule VALUES ('study-refund', clock() - interval '10 days')");
}
