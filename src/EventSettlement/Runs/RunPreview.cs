using System.Runtime.CompilerServices;
using EventSettlement.Contracts;
using EventSettlement.Platform;
using EventSettlement.Programmes;
using EventSettlement.Runs.Planning;

namespace EventSettlement.Runs;

/// <summary>A settlement that a run would make; or a subject that it would not settle, with the reason.</summary>
/// <param name="Amount">Owed, in minor units.</param>
/// <param name="Reason">Null for a settlement that would be made.</param>
public sealed record PreviewRow(
    string Subject,
    string? Period,
    string? Currency,
    int Items,
    long Amount,
    string? Reason
);

/// <summary>Who would get what, by the stream that the planner reads; nothing is written.</summary>
public sealed class RunPreview(Database database, ProgrammeList programmes)
{
    private const string ExistingSql = "SELECT settlement_id FROM settlement_request WHERE settlement_id = ANY ($1)";

    /// <summary>Settlements first, in the order in which they would be planned; then who is left out.</summary>
    public async IAsyncEnumerable<PreviewRow> Read(
        string programme,
        OwedQuestion question,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var owes = programmes.Of(programme);
        await foreach (var chunk in owes.ReadOwed(question, cancel))
        {
            var existing = await Existing([.. chunk.Select(o => Id(programme, o))], cancel);
            foreach (var owed in chunk)
                yield return existing.Contains(Id(programme, owed)) ? LeftOut(owed, "is settled already")
                : PlanRules.IsTooLarge(owed) ? LeftOut(owed, "would be owed more in one item than can be paid")
                : Would(PlanRules.Plan(programme, owed));
        }

        await foreach (var (subject, reason) in owes.ReadLeftOut(question, cancel))
            yield return new PreviewRow(subject, null, null, 0, 0, reason);
    }

    private static Guid Id(string programme, Owed owed) => SettlementId.For(programme, owed.Subject, owed.Period);

    private static PreviewRow Would(PlannedSettlement planned) =>
        new(
            planned.Owed.Subject,
            planned.Owed.Period,
            planned.Owed.Currency,
            planned.Owed.Amounts.Length,
            planned.Total,
            null
        );

    private static PreviewRow LeftOut(Owed owed, string reason) =>
        new(owed.Subject, owed.Period, owed.Currency, 0, 0, reason);

    private async Task<HashSet<Guid>> Existing(Guid[] ids, CancellationToken cancel)
    {
        await using var command = database.Hot.CreateCommand(ExistingSql);
        command.Parameters.Add(RowArrays.Uuids(ids));
        await using var row = await command.ExecuteReaderAsync(cancel);
        var existing = new HashSet<Guid>();
        while (await row.ReadAsync(cancel))
            existing.Add(row.GetGuid(0));
        return existing;
    }
}
