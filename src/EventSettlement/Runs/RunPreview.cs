using System.Runtime.CompilerServices;
using EventSettlement.Contracts;
using EventSettlement.Platform;
using EventSettlement.Programmes;
using EventSettlement.Runs.Planning;

namespace EventSettlement.Runs;

/// <summary>A settlement that a run would make; or a subject that it would not settle, with the reason.</summary>
/// <param name="Amount">Owed, in minor units.</param>
/// <param name="Reason">Null for a settlement that would be made.</param>
/// <param name="Before">With a draft policy: what is owed without it; null where nothing is settled without it.</param>
/// <param name="Change">With a draft policy: <c>more</c>, <c>less</c>, <c>same</c>, <c>new</c> or <c>gone</c>.</param>
public sealed record PreviewRow(
    string Subject,
    string? Period,
    string? Currency,
    int Items,
    long Amount,
    string? Reason,
    long? Before = null,
    string? Change = null
);

/// <summary>Who would get what, by the stream that the planner reads; nothing is written.</summary>
public sealed class RunPreview(Database database, ProgrammeList programmes)
{
    private const string ExistingSql = "SELECT settlement_id FROM settlement_request WHERE settlement_id = ANY ($1)";

    /// <summary>
    /// Settlements first, in the order in which they would be planned; then those that a draft does away with; then who
    /// is left out.
    /// </summary>
    public async IAsyncEnumerable<PreviewRow> Read(
        string programme,
        OwedQuestion question,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var without = new Dictionary<(string Subject, string? Period), PreviewRow>();
        if (question.Draft is not null)
            await foreach (var row in ReadOwed(programme, question with { Draft = null }, cancel))
                if (row.Reason is null)
                    without.Add((row.Subject, row.Period), row);
        await foreach (var row in ReadOwed(programme, question, cancel))
        {
            without.Remove((row.Subject, row.Period), out var before);
            yield return question.Draft is null || row.Reason is not null ? row : Compared(row, before);
        }

        foreach (var gone in without.Values)
            yield return gone with
            {
                Items = 0,
                Amount = 0,
                Before = gone.Amount,
                Change = "gone",
            };
        await foreach (var (subject, reason) in programmes.Of(programme).ReadLeftOut(question, cancel))
            yield return new PreviewRow(subject, null, null, 0, 0, reason);
    }

    private async IAsyncEnumerable<PreviewRow> ReadOwed(
        string programme,
        OwedQuestion question,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await foreach (var chunk in programmes.Of(programme).ReadOwed(question, cancel))
        {
            var existing = await Existing([.. chunk.Select(o => Id(programme, o))], cancel);
            foreach (var owed in chunk)
                yield return existing.Contains(Id(programme, owed)) ? LeftOut(owed, "is settled already")
                : PlanRules.IsTooLarge(owed) ? LeftOut(owed, "would be owed more in one item than can be paid")
                : Would(PlanRules.Plan(programme, owed));
        }
    }

    private static PreviewRow Compared(PreviewRow with, PreviewRow? without) =>
        with with
        {
            Before = without?.Amount,
            Change =
                without is null ? "new"
                : with.Amount > without.Amount ? "more"
                : with.Amount < without.Amount ? "less"
                : "same",
        };

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
