using EventSettlement.Platform;

namespace EventSettlement.Payouts;

/// <summary>Bounds in time that safety rests on.</summary>
internal sealed record PayoutLimits(
    TimeSpan CallTimeout,
    TimeSpan ClaimDeadline,
    TimeSpan LongestFreeze,
    TimeSpan CancelQuietPeriod,
    IReadOnlyList<TimeSpan> DoubtDelays
)
{
    public static PayoutLimits From(Settings settings) =>
        new(
            settings.MemberService.Timeout,
            SettingRules.ClaimDeadline,
            SettingRules.LongestFreeze,
            settings.StudyRefund.CancelQuietPeriod,
            settings.MemberService.DoubtDelays
        );

    /// <summary>What is wrong with them, or null.</summary>
    public string? Fault()
    {
        var latest = ClaimDeadline + CallTimeout + LongestFreeze;
        return DoubtDelays.Count == 0 ? "MemberService:DoubtDelays needs at least one wait"
            : latest < CancelQuietPeriod ? null
            : $"StudyRefund:CancelQuietPeriod ({CancelQuietPeriod}) must be longer than {latest}: claim deadline "
                + $"({ClaimDeadline}) + MemberService:Timeout ({CallTimeout}) + longest freeze ({LongestFreeze}), "
                + "or a late call could pay what was cancelled";
    }
}
