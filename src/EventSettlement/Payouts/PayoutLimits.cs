using EventSettlement.Platform.Configuration;

namespace EventSettlement.Payouts;

/// <summary>Bounds in time for safety; <see cref="PayoutSettings.Check"/> says how they hang together.</summary>
internal sealed record PayoutLimits(
    TimeSpan ClaimDeadline,
    TimeSpan CancelQuietPeriod,
    IReadOnlyList<TimeSpan> DoubtDelays
)
{
    public static PayoutLimits From(Settings settings) =>
        new(
            PayoutSettings.ClaimDeadline,
            settings.Get(PayoutSettings.CancelQuietPeriod),
            settings.Get(PayoutSettings.DoubtDelays)
        );
}
