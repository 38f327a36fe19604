using System.Globalization;
using System.Runtime.CompilerServices;
using EventSettlement.Alerts;
using EventSettlement.CreatorRevenue.Months;
using EventSettlement.Payees;
using EventSettlement.Platform;
using EventSettlement.Policies;
using EventSettlement.Programmes;
using EventSettlement.Views;
using EventSettlement.Views.Statistics;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.CreatorRevenue;

/// <summary>
/// Creators are paid by the month for the views of their contents. A month is settled once; what becomes known of it
/// later is corrected in a later one.
/// </summary>
internal sealed class RevenueProgramme(
    Database database,
    CreatorSums sums,
    PolicyRows policies,
    TaxProfiles taxes,
    RunPositions positions,
    ViewRules views
) : IProgramme
{
    public const string Name = "creator-revenue";

    // Facts are judged by a time that may be so much older than the one at which they arrive.
    private static readonly TimeSpan Slack = TimeSpan.FromDays(8);

    private const string CloseSql = """
        INSERT INTO creator_close (month, run_id, began_at)
        SELECT m, $1, (SELECT min(noted_at) FROM creator_run_position WHERE run_id = $1) FROM unnest($2) AS m
        """;

    private readonly SettledMonths _settled = new(database, sums);

    public static readonly ProgrammeTerms Terms = new(Name)
    {
        SubjectWord = "creator",
        PayeeWord = "creator",
        SourceAccount = RevenueMonth.Carried,
        Cron = "0 0 5 1 * ?",
        FactTopics = [ViewsSlice.Topic, ViewsSlice.OwnersTopic],
        Sample = SampleRevenue.Facts,
        SamplePolicy = SampleRevenue.Policy,
    };

    ProgrammeTerms IProgramme.Terms => Terms;

    public async IAsyncEnumerable<IReadOnlyList<Owed>> ReadOwed(
        OwedQuestion question,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        if (question.Run is { } waiting)
            await positions.Wait(waiting, cancel);
        var closed = await _settled.ReadClosed(cancel);
        var months = await Unsettled(question.Date, closed, cancel);
        var stream = await Stream(question.Subject, question.Draft, cancel);
        await foreach (var chunk in stream.Read(months, await Changed(closed, question.Draft, cancel), cancel))
            yield return chunk;
        if (question.Run is not null)
            await Tell(stream, cancel);
    }

    public async IAsyncEnumerable<LeftOut> ReadLeftOut(
        OwedQuestion question,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var months = await Unsettled(question.Date, await _settled.ReadClosed(cancel), cancel);
        foreach (var month in question.Subject is null ? months : [])
        {
            await foreach (
                var nobodys in sums.Read([new DayStretch(month, month.AddMonths(1).AddDays(-1))], "", cancel)
            )
            foreach (var sum in nobodys)
                yield return new LeftOut(
                    $"content {sum.Content}",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{sum.Views:N0} views of {RevenueMonth.Period(month)} without an owner"
                    )
                );
        }
    }

    public IReadOnlyList<Marking> Mark(IReadOnlyList<Owed> chunk, long run) =>
        MonthRows.Mark([.. chunk.Cast<OwedMonth>()], run);

    /// <summary>
    /// The month stays settled and its cost stands: what was due is carried over, and a later month pays it.
    /// </summary>
    public GivenBack GiveBack(string subject, string period, IReadOnlyList<BookingLine> creation)
    {
        if (RevenueMonth.Month(period) is not { } month)
            return GivenBack.Nothing;
        var cost = creation.Where(line => line.Account == RevenueMonth.CostOfRevenue).Sum(line => line.Amount);
        return new GivenBack(
            [MonthRows.GiveBack(subject, month)],
            [new(RevenueMonth.CostOfRevenue, cost), new(RevenueMonth.Carried, -cost)]
        );
    }

    /// <summary>Months are closed by a run for all creators, also those in which nobody is owed anything.</summary>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> Close(OwedQuestion question, CancellationToken cancel)
    {
        if (question is not { Subject: null, Run: { } run })
            return [];
        var months = await Unsettled(question.Date, await _settled.ReadClosed(cancel), cancel);
        return
        [
            new NpgsqlBatchCommand(CloseSql) { Parameters = { new() { Value = run } } }.Array(
                months,
                NpgsqlDbType.Date,
                month => month
            ),
        ];
    }

    public async IAsyncEnumerable<IReadOnlyList<Owed>> Recount(
        string period,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        if (RevenueMonth.Month(period) is not { } month)
            yield break;
        var recount = new MonthRecount(database, await Stream(null, null, cancel), taxes);
        var inForce = RevenueRules.Stretches(month, await RevenuePolicies.Read(policies, null, cancel));
        await foreach (var chunk in recount.Read(inForce, cancel))
            yield return chunk;
    }

    public Task<OwedReason> Explain(OwedDocument document, CancellationToken cancel) =>
        Task.FromResult(RevenueSentences.Reason(document, RevenueBasis.Read(document.Basis)));

    /// <summary>Months that have ended and are not settled, oldest first.</summary>
    private async Task<IReadOnlyList<DateOnly>> Unsettled(DateOnly date, ClosedMonths? closed, CancellationToken cancel)
    {
        var months = new List<DateOnly>();
        var open = await _settled.ReadOpen(closed, cancel);
        for (var month = open; month < RevenueMonth.Of(date); month = month.Value.AddMonths(1))
            months.Add(month.Value);
        return months;
    }

    /// <summary>
    /// Settled months of which something may be known now that was not when the last month was settled: by views, which
    /// come within a window; by owners and policies, which say from when they hold; by statistics counted anew from the
    /// raw logs that are kept.
    /// </summary>
    private async Task<IReadOnlyList<DateOnly>> Changed(ClosedMonths? closed, string? draft, CancellationToken cancel)
    {
        if (closed is null)
            return [];
        var kept = views.KeepRaw > views.Window ? views.KeepRaw : views.Window;
        var oldest = Seoul.DateOf(closed.LastBegan - kept - Slack);
        if (await sums.ReadOldestChange(closed.LastBegan, cancel) is { } owned && owned < oldest)
            oldest = owned;
        foreach (var put in await policies.Read(Name, cancel))
            if (put.PutAt >= closed.LastBegan && put.EffectiveFrom < oldest)
                oldest = put.EffectiveFrom;
        if (draft is not null && RevenuePolicyDocument.Read(draft, [])?.EffectiveFrom is { } from && from < oldest)
            oldest = from;
        var months = new List<DateOnly>();
        var first = RevenueMonth.Of(oldest);
        for (var month = first > closed.First ? first : closed.First; month <= closed.Last; month = month.AddMonths(1))
            months.Add(month);
        return months;
    }

    private async Task<MonthStream> Stream(string? subject, string? draft, CancellationToken cancel) =>
        new(sums, _settled, taxes, await RevenuePolicies.Read(policies, draft, cancel), subject);

    /// <summary>Days without a policy earn nothing: a person puts one, and the next month corrects it.</summary>
    private async Task Tell(MonthStream stream, CancellationToken cancel)
    {
        await using var batch = database.Hot.CreateBatch();
        foreach (var month in stream.WithPolicies.Except(stream.WithoutPolicy))
            batch.BatchCommands.Add(AlertRows.Close(Cause(month)));
        if (stream.WithoutPolicy.Count > 0)
            batch.BatchCommands.Add(AlertRows.Upsert(stream.WithoutPolicy.Order().Select(NoPolicy)));
        if (batch.BatchCommands.Count > 0)
            await batch.ExecuteNonQueryAsync(cancel);
    }

    private static Alert NoPolicy(DateOnly month) =>
        new(
            Cause(month),
            "no_policy",
            $"{Name}: views of {RevenueMonth.Period(month)} lie on days without a policy and earn nothing",
            $"settle policy put {Name} FILE.json --corrects with an effectiveFrom on or before these days; the next "
                + "month's run corrects what they earn"
        );

    private static string Cause(DateOnly month) => $"{Name} no_policy {RevenueMonth.Period(month)}";
}
