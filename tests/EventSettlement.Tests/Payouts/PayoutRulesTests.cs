using EventSettlement.Payouts;
using EventSettlement.Payouts.Calls;

namespace EventSettlement.Tests.Payouts;

public sealed class PayoutRulesTests
{
    [Theory]
    [InlineData(200, "Read")]
    [InlineData(201, "Doubt")]
    [InlineData(302, "StopDownstream")]
    [InlineData(400, "Halve")]
    [InlineData(401, "StopDownstream")]
    [InlineData(403, "StopDownstream")]
    [InlineData(404, "StopDownstream")]
    [InlineData(405, "StopDownstream")]
    [InlineData(408, "Doubt")]
    [InlineData(413, "Halve")]
    [InlineData(415, "StopDownstream")]
    [InlineData(422, "Halve")]
    [InlineData(429, "RepeatLater")]
    [InlineData(500, "Doubt")]
    [InlineData(502, "Doubt")]
    [InlineData(503, "RepeatLater")]
    [InlineData(504, "Doubt")]
    public void Each_status_has_one_reaction(int status, string reaction) =>
        Assert.Equal(
            reaction,
            PayoutRules.After(new CallOutcome(PayoutRules.KindOf(status), "x"), 0, TimeSpan.FromMinutes(1)).ToString()
        );

    [Theory]
    [InlineData(30, 0, 60, "RepeatLater")]
    [InlineData(31, 0, 60, "Fail")]
    [InlineData(1, 2, 60, "RepeatLater")]
    [InlineData(1, 3, 60, "Fail")]
    [InlineData(20, 0, 20, "Fail")]
    public void A_throttled_call_is_repeated_within_bounds(
        int waitSeconds,
        int repeats,
        int claimLeftSeconds,
        string reaction
    )
    {
        var call = new CallOutcome(CallKind.Throttled, "http_503", retryAfter: TimeSpan.FromSeconds(waitSeconds));
        Assert.Equal(reaction, PayoutRules.After(call, repeats, TimeSpan.FromSeconds(claimLeftSeconds)).ToString());
    }

    [Fact]
    public void A_call_that_never_left_fails_and_keeps_an_older_doubt()
    {
        var call = new CallOutcome(CallKind.NotSent, "connection_refused");
        Assert.Equal(Reaction.Fail, PayoutRules.After(call, 0, TimeSpan.FromMinutes(1)));
        Assert.Equal(DoubtChange.Keep, PayoutRules.Failed(Items.One(1), call).Doubt);
    }

    [Theory]
    [InlineData("Credited", "PAID", "Clear")]
    [InlineData("Rejected", "REJECTED", "Keep")]
    [InlineData("Failed", "FAILED", "Keep")]
    [InlineData("Unknown", "IN_DOUBT", "Set")]
    [InlineData("Missing", "IN_DOUBT", "Set")]
    [InlineData("Doubled", "IN_DOUBT", "Set")]
    [InlineData("Unreadable", "IN_DOUBT", "Set")]
    public void Each_answer_has_one_outcome(string status, string state, string doubt)
    {
        var outcome = PayoutRules.Answered(Items.One(1), new AnswerEntry(Enum.Parse<AnswerStatus>(status), "t"));
        Assert.Equal((state, doubt), (outcome.State, outcome.Doubt.ToString()));
    }

    [Fact]
    public void Another_amount_is_a_persons_case_whatever_the_status()
    {
        var outcome = PayoutRules.Answered(
            Items.One(1),
            new AnswerEntry(AnswerStatus.Credited, "t", OtherAmount: true)
        );
        Assert.Equal(("IN_DOUBT", true), (outcome.State, outcome.NeedsPerson));
    }

    [Theory]
    [InlineData("Credited", "PAID")]
    [InlineData("Rejected", null)]
    [InlineData("Unknown", null)]
    [InlineData("Failed", "IN_DOUBT")]
    [InlineData("Missing", "IN_DOUBT")]
    public void A_lookup_pays_frees_or_leaves_the_doubt(string status, string? state) =>
        Assert.Equal(state, PayoutRules.LookedUp(new AnswerEntry(Enum.Parse<AnswerStatus>(status), "t")).State);

    [Fact]
    public void A_doubt_that_a_late_lookup_ended_is_cleared_by_the_next_definite_answer()
    {
        var item = Items.One(1);
        item.DoubtEnded = true;
        Assert.Equal(DoubtChange.Clear, PayoutRules.Answered(item, new AnswerEntry(AnswerStatus.Rejected)).Doubt);
    }

    [Theory]
    [InlineData(5, 5, true, true)]
    [InlineData(5, 4, false, false)]
    [InlineData(1, 1, false, true)]
    [InlineData(1, 1, true, false)]
    public void Only_a_call_of_which_nothing_passed_tells_of_the_downstream(
        int items,
        int alone,
        bool others,
        bool stops
    ) => Assert.Equal(stops, PayoutRules.NothingPassed(items, alone, others));

    [Fact]
    public void The_breaker_opens_after_failures_in_a_row_and_lets_one_probe_through()
    {
        var breaker = new Breaker(2, TimeSpan.FromSeconds(5));
        breaker.Record(CallKind.NoAnswer, TimeSpan.Zero);
        Assert.True(breaker.Allows(TimeSpan.Zero));
        breaker.Record(CallKind.NotSent, TimeSpan.Zero);
        Assert.False(breaker.Allows(TimeSpan.FromSeconds(4)));
        Assert.True(breaker.Allows(TimeSpan.FromSeconds(5)));
        Assert.False(breaker.Allows(TimeSpan.FromSeconds(5)));
        breaker.Record(CallKind.Answered, TimeSpan.FromSeconds(6));
        Assert.True(breaker.Allows(TimeSpan.FromSeconds(6)));
    }

    [Theory]
    [InlineData(180, true)]
    [InlineData(181, false)]
    public void Limits_under_which_a_late_call_could_pay_what_was_cancelled_are_refused(int quietSeconds, bool refused)
    {
        var settings = Server
            .Catalogue.Defaults.With(PayoutSettings.BaseUrl, "member", "http://m")
            .With(PayoutSettings.Timeout, "member", TimeSpan.FromSeconds(30))
            .With(PayoutSettings.CancelQuietPeriod, TimeSpan.FromSeconds(quietSeconds));
        Assert.Equal(refused, PayoutSettings.Check(settings).Any(m => m.Key == "Payouts:CancelQuietPeriod"));
    }
}
