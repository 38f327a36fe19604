using EventSettlement.Alerts;

namespace EventSettlement.Settlements.Saga;

/// <summary>What a person is called for when settlements have failed: one alert a run.</summary>
internal static class FailedSettlements
{
    private const string Code = "settlement_failed";

    /// <summary>Over when no settlement of the run is FAILED any more.</summary>
    public static readonly AlertHealing Healing = new(
        Code,
        """
        coalesce((SELECT sum(settlements) FROM run_progress p
            WHERE p.run_id = split_part(cause, ' ', 2)::bigint AND p.state = 'FAILED'), 0) = 0
        """
    );

    public static Alert Alert(Settlement saga) =>
        new(
            $"run {saga.RunId} {saga.Programme} {Code}",
            Code,
            $"settlements of run {saga.RunId} ({saga.Programme}) failed; the last one: {saga.Subject}, "
                + $"{HistoryCause.CountsOf(saga)}",
            $"settle settlement list --run {saga.RunId} --state FAILED, then retry, resolve or cancel each",
            Unpaid(saga),
            saga.Currency
        );

    /// <summary>What is open of it becomes less, or nothing: an alert's sums are of what is FAILED now.</summary>
    public static Alert Less(Settlement saga, long amount, bool isOver) =>
        Alert(saga) with
        {
            Amount = -amount,
            Count = isOver ? -1 : 0,
        };

    public static long Unpaid(Settlement saga) => saga.Amount - saga.PaidAmount;
}
