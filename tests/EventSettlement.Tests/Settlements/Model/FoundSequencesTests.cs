namespace EventSettlement.Tests.Settlements.Model;

/// <summary>Lives that once went wrong, and those that tell a rule in the fewest steps.</summary>
public sealed class FoundSequencesTests
{
    [Theory]
    [InlineData("Request 0 0; Serve 0 524")]
    public async Task A_life_that_went_wrong_goes_right(string steps)
    {
        await using var saga = new RealSaga();
        var life = new Life(saga);
        var wrong = await life.Live(LifeStep.Read(steps));
        Assert.True(wrong is null, $"{wrong}\n{string.Join('\n', life.Story)}");
    }
}
