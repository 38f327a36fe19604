using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using EventSettlement.Platform;
using EventSettlement.Programmes;
using Npgsql;

namespace EventSettlement.StudyRefunds;

/// <summary>
/// When a study is completed, its members get their deposits back, less a penalty for each absence. A study is settled
/// once for ever, whichever date it was planned for.
/// </summary>
public sealed class StudyRefund(Database database) : IProgramme
{
    public const string Name = "study-refund";

    /// <summary>The only period there is.</summary>
    public const string Once = "once";

    private const string DepositsHeld = "deposits-held";
    private const string ForfeitedIncome = "forfeited-income";

    private readonly Studies _studies = new(database);

    public static readonly ProgrammeTerms Terms = new(Name)
    {
        SubjectWord = "study",
        PayeeWord = "member",
        SourceAccount = DepositsHeld,
        Cron = "0 0 3 * * ?",
        FactTopics = [StudyRefundsSlice.Topic],
        Downstream = "member",
        Sample = SampleStudies.Facts,
    };

    ProgrammeTerms IProgramme.Terms => Terms;

    public async IAsyncEnumerable<IReadOnlyList<Owed>> ReadOwed(
        OwedQuestion question,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var before = Seoul.Begin(question.Date);
        if (question.Subject is { } subject)
        {
            var one = await _studies.Unplanned(subject, before, cancel);
            if (one.Count > 0)
                yield return one.ConvertAll(Refunds);
            yield break;
        }

        await foreach (var chunk in _studies.Unplanned(before, cancel))
            yield return chunk.ConvertAll(Refunds);
    }

    public async IAsyncEnumerable<LeftOut> ReadLeftOut(
        OwedQuestion question,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await foreach (var (id, at, run) in _studies.LeftOut(Seoul.Begin(question.Date), question.Subject, cancel))
            yield return new LeftOut(
                id,
                run is { } earlier
                    ? string.Create(CultureInfo.InvariantCulture, $"run {earlier} has planned it")
                    : $"completed on {Seoul.Format(at)}, not before the business date"
            );
    }

    public IReadOnlyList<Marking> Mark(IReadOnlyList<Owed> chunk, long run) =>
        [new Marking(Studies.Mark([.. chunk.Select(o => o.Subject)], run), chunk.Count)];

    // A cancelled settlement closes the study: it is settled once for ever.
    public GivenBack GiveBack(string subject, string period, IReadOnlyList<BookingLine> creation) => GivenBack.Nothing;

    public async IAsyncEnumerable<IReadOnlyList<Owed>> Recount(
        string period,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        if (period == Once)
            await foreach (var chunk in _studies.Planned(cancel))
                yield return chunk.ConvertAll(Refunds);
    }

    public async Task<OwedReason> Explain(OwedDocument document, CancellationToken cancel)
    {
        var basis = JsonSerializer.Deserialize(document.Basis, StudyJson.Default.StudyBasis)!;
        var study =
            await _studies.Find(document.Subject, cancel)
            ?? throw new InvalidOperationException($"the study {document.Subject} is gone");
        return RefundSentences.Reason(document, basis, study.Absences);
    }

    internal static Owed Refunds(Study study)
    {
        var amounts = new long[study.Members.Length];
        long total = 0;
        for (var i = 0; i < amounts.Length; i++)
            total += amounts[i] = RefundRules.Refund(study.Deposit, study.Penalty, study.Absences[i]);
        var deposited = study.Deposit * amounts.Length;
        var basis = new StudyBasis(
            RefundRules.Version,
            study.Deposit,
            study.Penalty,
            deposited - total,
            $"{study.FactTopic}/{study.FactPartition}/{study.FactOffset}",
            Convert.ToHexStringLower(study.Digest)
        );
        return new Owed(
            study.StudyId,
            Once,
            study.Currency,
            study.Members,
            amounts,
            [new BookingLine(DepositsHeld, -deposited), new BookingLine(ForfeitedIncome, deposited - total)],
            JsonSerializer.Serialize(basis, StudyJson.Default.StudyBasis)
        );
    }
}

/// <summary>What a request of this programme stands on; absences stand with the study, by the items' order.</summary>
/// <param name="Kept">What is not given back, in won.</param>
/// <param name="Fact">Topic, partition and offset of the fact.</param>
/// <param name="Digest">Of the fact's content, as it is kept with the study.</param>
internal sealed record StudyBasis(string Policy, long Deposit, long Penalty, long Kept, string Fact, string Digest);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(StudyBasis))]
internal sealed partial class StudyJson : JsonSerializerContext;
