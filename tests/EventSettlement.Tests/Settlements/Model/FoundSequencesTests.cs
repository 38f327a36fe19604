namespace EventSettlement.Tests.Settlements.Model;

/// <summary>A life that once went wrong, and for each rule the shortest one that does without it.</summary>
public sealed class FoundSequencesTests
{
    // Timers were told as instants of the database's clock, which came out wrong by what the clocks were apart.
    [Theory]
    [InlineData("Request 0 0; Serve 0 524")]
    public async Task A_life_that_went_wrong_goes_right(string steps) => await Live(steps);

    [Theory]
    [InlineData("an older revision", "Request 0 0; Serve 1 3348; Guard 0 0; Correct 5 0")]
    [InlineData("late answer decides", "Request 5 0; Serve 0 1268; Deliver 0 0; Correct 1 3952")]
    [InlineData("no retry while held", "Request 5 0; Hold 0 0; Serve 0 1612; Deliver 0 0; Retry 0 0")]
    [InlineData(
        "no retry while cancelling",
        "Request 0 0; Serve 0 0; Serve 0 2652; Deliver 0 0; Deliver 0 0; Cancel 0 0; RetryRejected 0 0"
    )]
    [InlineData("no empty retry", "Request 0 0; Serve 0 984; Serve 0 0; Deliver 0 0; Deliver 0 0; Retry 0 0")]
    [InlineData("timer kept while held", "Request 3 0; Hold 0 0 +; Due 0 0")]
    [InlineData("timer kept while cancelling", "Request 3 0; Cancel 0 0 +; Due 0 0")]
    [InlineData("downstream's own wait", "Request 0 0; Serve 0 1444")]
    [InlineData("no timer after the end", "Request 0 0; Serve 1 0; Serve 0 532; Deliver 0 0; Deliver 0 0; Correct 0 0")]
    [InlineData(
        "rejected items when asked",
        "Request 5 0; Serve 0 76; Deliver 0 0; RetryRejected 0 0 +; Serve 0 0; Serve 0 76"
    )]
    [InlineData("one alert a failure", "Request 0 0; Serve 0 2840")]
    [InlineData("an answer closes its attempt's part", "Request 0 0; Guard 0 0; Serve 0 12")]
    [InlineData("an older answer closes its part", "Request 0 0; Serve 0 3348; Correct 0 0; Deliver 1 0")]
    [InlineData("a command once", "Request 0 0; Hold 0 0; Again 0 0")]
    [InlineData("undone half-way", "Request 3 0; Cancel 0 0; Broken 6 0 +; Hold 0 0")]
    [InlineData("timers undone", "Request 5 0; Serve 0 12; Deliver 0 0; Cancel 0 0; Broken 6 0")]
    [InlineData(
        "what was parked comes again when it is right",
        "Request 5 0; Serve 0 480; Retry 0 0; Deliver 0 0; RetryRejected 0 0; Cancel 0 0; Broken 8 0; Correct 1 0; "
            + "Deliver 0 0; Repeat 5 0"
    )]
    [InlineData(
        "three retries again",
        "Request 5 0; Serve 0 696; Deliver 0 0; Guard 0 0; Serve 0 0; Deliver 0 0; RetryRejected 0 0"
    )]
    [InlineData(
        "release repeats the timer",
        "Request 0 0; Serve 0 76; Serve 0 0; Deliver 0 0; Deliver 0 0; Hold 0 0; Due 0 0"
    )]
    public async Task A_rule_in_the_fewest_steps(string rule, string steps)
    {
        Assert.NotEmpty(rule);
        await Live(steps);
    }

    private static async Task Live(string steps)
    {
        await using var saga = new RealSaga();
        var life = new Life(saga);
        var wrong = await life.Live(LifeStep.Read(steps));
        Assert.True(wrong is null, $"{wrong}\n{string.Join('\n', life.Story)}");
    }
}
