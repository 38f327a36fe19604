using System.Globalization;
using EventSettlement.Platform.Configuration;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Runs.Planning;

/// <summary>
/// Amounts in minor units above which a settlement is planned held, until a person releases it. Null = no ceiling.
/// </summary>
internal sealed record PlanCeilings(long? MaxItem, long? MaxRun)
{
    public static readonly Setting<long?> MaxItemSetting = Amount("Payouts:MaxItem", PlanRules.MostAmount, "1000000");

    /// <summary>Of all that is paid of one run without a person.</summary>
    public static readonly Setting<long?> MaxRunSetting = Amount("Payouts:MaxRun", MostOfRun, "500000000");

    private const long MostOfRun = 1_000_000_000_000_000_000;

    public static IReadOnlyList<Setting> Settings => [MaxItemSetting, MaxRunSetting];

    public static PlanCeilings From(Settings settings) =>
        new(settings.Get(MaxItemSetting), settings.Get(MaxRunSetting));

    /// <summary>For the statements that write a run.</summary>
    public NpgsqlParameter[] Parameters() => [Parameter("max_item", MaxItem), Parameter("max_run", MaxRun)];

    /// <param name="letThrough">What of the run is paid without a person so far.</param>
    /// <returns>The same settlements, those that are above a ceiling with a reason to hold them.</returns>
    public List<PlannedSettlement> Apply(IEnumerable<PlannedSettlement> planned, decimal letThrough)
    {
        var held = new List<PlannedSettlement>();
        foreach (var one in planned)
        {
            var reason = AboveItem(one) ?? AboveRun(one, letThrough);
            held.Add(one with { HoldReason = reason });
            if (reason is null)
                letThrough += one.Total;
        }

        return held;
    }

    private string? AboveItem(PlannedSettlement planned)
    {
        var (payees, amounts) = (planned.Owed.Payees, planned.Owed.Amounts);
        if (MaxItem is not { } most || Array.FindIndex(amounts, amount => amount > most) is not (>= 0 and var item))
            return null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"an item of {amounts[item]:N0} {planned.Owed.Currency} to {payees[item]} is above {MaxItemSetting.Key} "
                + $"{most:N0}"
        );
    }

    private string? AboveRun(PlannedSettlement planned, decimal letThrough) =>
        MaxRun is { } most && letThrough + planned.Total > most
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"with its {planned.Total:N0} {planned.Owed.Currency} the run would pay {letThrough + planned.Total:N0}"
                    + $", above {MaxRunSetting.Key} {most:N0}"
            )
            : null;

    private static NpgsqlParameter Parameter(string name, long? amount) =>
        new(name, NpgsqlDbType.Bigint) { Value = amount ?? (object)DBNull.Value };

    private static Setting<long?> Amount(string key, long most, string example) =>
        new(
            key,
            string.Create(CultureInfo.InvariantCulture, $"a whole number of won, 1 to {most}; no ceiling when not set"),
            example,
            null,
            (string text, out long? value) =>
            {
                var isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var amount);
                value = amount;
                return isNumber && amount >= 1 && amount <= most;
            },
            value => value?.ToString(CultureInfo.InvariantCulture) ?? ""
        );
}
