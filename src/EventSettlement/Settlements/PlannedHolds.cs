using EventSettlement.Alerts;

namespace EventSettlement.Settlements;

/// <summary>Settlements that are held from the moment they are planned, since an amount is above a ceiling.</summary>
internal static class PlannedHolds
{
    public const string Code = "amount_above_ceiling";

    /// <summary>Over when each of the run's was released or cancelled; one without a saga yet is held.</summary>
    public static readonly AlertHealing Healing = new(
        Code,
        """
        NOT EXISTS (SELECT FROM settlement_request r LEFT JOIN settlement s ON s.settlement_id = r.settlement_id
            WHERE r.run_id = split_part(cause, ' ', 2)::bigint AND r.hold_reason IS NOT NULL
                AND coalesce(s.held, true))
        """
    );
}
