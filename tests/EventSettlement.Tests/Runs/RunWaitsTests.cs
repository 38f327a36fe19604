using EventSettlement.Runs;

namespace EventSettlement.Tests.Runs;

public sealed class RunWaitsTests
{
    private static readonly DateTime Noon = new(2026, 11, 21, 3, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("PLANNING", false, "settlements are still being planned")]
    [InlineData("PAYING", true, "about to end")]
    [InlineData("STOPPED", true, "stopped by ann")]
    [InlineData("FINISHED", true, null)]
    public void A_run_without_settlements_waits_for_its_own_steps(string state, bool planned, string? waits) =>
        Assert.Equal(waits, RunWaits.Describe(View(state, planned)));

    [Fact]
    public void What_a_run_waits_for_is_told_with_numbers_and_times_of_Seoul()
    {
        var view = View(
            "PAYING",
            true,
            ("PENDING", 2),
            ("PROCESSING", 1_500),
            ("AWAITING_RETRY", 3),
            ("COMPLETED", 9)
        ) with
        {
            Retrying = 3,
            NextRetryAt = Noon,
            Held = 1,
            StoppedDownstreams = "member",
        };
        Assert.Equal(
            "payouts to member are stopped (settle downstream list); 1 held (settle settlement release); "
                + "2 pending, payable from 2026-11-21 12:00:00 KST; 1,500 being paid; "
                + "retrying 3, next at 2026-11-21 12:00:00 KST",
            RunWaits.Describe(view)
        );
    }

    [Fact]
    public void A_time_at_the_end_of_the_calendar_is_told_as_well()
    {
        var view = View("PAYING", true, ("PENDING", 2));
        Assert.StartsWith(
            "2 pending, payable from 9999-12-31",
            RunWaits.Describe(view with { Run = view.Run with { PayAt = DateTime.MaxValue } }),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_reason_of_a_stop_is_told()
    {
        var view = View("STOPPED", true);
        var told = view.Run with { StopReason = "wrong date" };
        Assert.Equal("stopped: wrong date", RunWaits.Describe(view with { Run = told }));
        Assert.Equal("stopped", RunWaits.Describe(view with { Run = view.Run with { StopReason = null } }));
    }

    private static RunView View(string state, bool planned, params (string State, long Count)[] totals) =>
        new(
            new Run(
                7,
                "study-refund",
                new DateOnly(2026, 11, 21),
                "manual",
                1,
                state,
                Noon,
                "ann",
                planned,
                Noon,
                planned ? Noon : null,
                null,
                state == "STOPPED" ? "stopped by ann" : null
            ),
            [.. totals.Select(t => new RunTotals(t.State, t.Count, t.Count, 1))],
            0,
            null,
            0,
            null
        );
}
