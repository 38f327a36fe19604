using EventSettlement.Contracts;
using EventSettlement.StudyRefunds;

namespace EventSettlement.Runs.Planning;

/// <summary>What a study's members are owed, and how it is cut into parts. Pure.</summary>
public static class PlanRules
{
    public const int ItemsPerPart = 500;

    /// <summary>A study is settled once for ever, whichever date it was planned for.</summary>
    public const string Period = "once";

    public static PlannedSettlement Plan(StudyToPlan study)
    {
        var amounts = new long[study.Members.Length];
        var parts = new PartCounts[(amounts.Length + ItemsPerPart - 1) / ItemsPerPart];
        long total = 0;
        for (var part = 0; part < parts.Length; part++)
        {
            var end = Math.Min(amounts.Length, (part + 1) * ItemsPerPart);
            long amount = 0;
            var zero = 0;
            for (var i = part * ItemsPerPart; i < end; i++)
            {
                amounts[i] = RefundRules.Refund(study.Deposit, study.Penalty, study.Absences[i]);
                amount += amounts[i];
                zero += amounts[i] == 0 ? 1 : 0;
            }

            parts[part] = new PartCounts(end - (part * ItemsPerPart) - zero, zero, 0, 0, 0, 0, 0, 0, amount, 0);
            total += amount;
        }

        var id = SettlementId.For(Programmes.StudyRefund, study.StudyId, Period);
        return new PlannedSettlement(study, id, amounts, total, (study.Deposit * amounts.Length) - total, parts);
    }
}

/// <summary>A study that no run has planned; members in the order of their ids.</summary>
public sealed record StudyToPlan(
    string StudyId,
    DateTime CompletedAt,
    string Currency,
    long Deposit,
    long Penalty,
    string[] Members,
    int[] Absences,
    string FactTopic,
    int FactPartition,
    long FactOffset
);

/// <summary>What is owed for a study.</summary>
/// <param name="Amounts">By the index of the members; item no = index + 1.</param>
/// <param name="Kept">What is not given back.</param>
public sealed record PlannedSettlement(
    StudyToPlan Study,
    Guid Id,
    long[] Amounts,
    long Total,
    long Kept,
    PartCounts[] Parts
);
