using Npgsql;

namespace EventSettlement.Programmes;

/// <summary>
/// A kind of settlement: who is owed what, and why. Everything after that is one machine for all programmes, which
/// knows none of them by name. The rules are pure; what is read here was written by the programme's own intake.
/// </summary>
public interface IProgramme
{
    ProgrammeTerms Terms { get; }

    /// <summary>
    /// What is owed for a business date and was not taken by a run yet, in a stable order, in chunks of one transaction
    /// each (some 12,000 items). Asked again after a kill, it goes on with what is not marked.
    /// </summary>
    IAsyncEnumerable<IReadOnlyList<Owed>> ReadOwed(OwedQuestion question, CancellationToken cancel);

    /// <summary>What is known by then and not owed for this date, with the reason; for previews.</summary>
    IAsyncEnumerable<LeftOut> ReadLeftOut(OwedQuestion question, CancellationToken cancel);

    /// <summary>
    /// Marks the facts of a chunk as a run's, and writes what the programme itself keeps of it (a carry). Part of the
    /// chunk's transaction, which is undone when another run was there first.
    /// </summary>
    IReadOnlyList<Marking> Mark(IReadOnlyList<Owed> chunk, long run);

    /// <summary>
    /// Part of the transaction that cancels a settlement, whose creation posting is reversed: its facts are unsettled
    /// again, or its due is carried over.
    /// </summary>
    /// <param name="creation">The lines that are reversed, none where no money moved.</param>
    /// <returns>Nothing where a subject is closed with its settlement.</returns>
    GivenBack GiveBack(string subject, string period, IReadOnlyList<BookingLine> creation);

    /// <summary>
    /// Part of the transaction that ends the planning of a run, after its last chunk: what is settled with nobody
    /// owed (a month).
    /// </summary>
    Task<IReadOnlyList<NpgsqlBatchCommand>> Close(OwedQuestion question, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<NpgsqlBatchCommand>>([]);

    /// <summary>What the facts of a settled period say now, from the facts alone; for proofs.</summary>
    IAsyncEnumerable<IReadOnlyList<Owed>> Recount(string period, CancellationToken cancel);

    /// <summary>Why the amounts of a settlement are what they are, from rows that never change.</summary>
    Task<OwedReason> Explain(OwedDocument document, CancellationToken cancel);
}

/// <param name="Date">Business date in Asia/Seoul.</param>
/// <param name="Subject">Of one subject only; null = of all.</param>
/// <param name="Run">The run that plans; null = a preview, for which nothing is written and nothing waited for.</param>
/// <param name="Draft">A policy that a preview reckons with as if it had been put, as JSON.</param>
public sealed record OwedQuestion(DateOnly Date, string? Subject = null, long? Run = null, string? Draft = null);

/// <summary>What is owed to one subject for one period: the request as the planner will write it.</summary>
/// <param name="Payees">In ordinal order; item no = index + 1.</param>
/// <param name="Amounts">By the index of the payees, in minor units, ≥ 0.</param>
/// <param name="Booking">
/// Lines of the creation posting besides what is payable. They and the amounts sum to zero.
/// </param>
/// <param name="Basis">
/// JSON: what it stands on (facts, policy version, figures), enough to explain it in ten years. The machine keeps it
/// and never reads it.
/// </param>
public record Owed(
    string Subject,
    string Period,
    string Currency,
    string[] Payees,
    long[] Amounts,
    BookingLine[] Booking,
    string Basis
);

/// <summary>A line of a creation posting.</summary>
/// <param name="Account">Of the programme, without its name: <c>payable</c>.</param>
/// <param name="Amount">Debit &gt; 0, credit &lt; 0, in minor units; a line of zero is left out.</param>
public readonly record struct BookingLine(string Account, long Amount);

/// <summary>A subject that a run for the date would not settle.</summary>
public sealed record LeftOut(string Subject, string Reason);

/// <summary>A statement that marks facts, and the rows that it must touch.</summary>
public sealed record Marking(NpgsqlBatchCommand Statement, int Rows);

/// <summary>What follows from a cancelled settlement.</summary>
/// <param name="Booking">What is posted besides the reversal; sums to zero.</param>
public sealed record GivenBack(IReadOnlyList<NpgsqlBatchCommand> Statements, IReadOnlyList<BookingLine> Booking)
{
    public static readonly GivenBack Nothing = new([], []);
}

/// <summary>A settlement's request as it was written.</summary>
public sealed record OwedDocument(
    string Subject,
    string Period,
    string Currency,
    long Amount,
    string Basis,
    IReadOnlyList<OwedItem> Items
);

/// <summary>One item of a request.</summary>
public sealed record OwedItem(int No, string Payee, long Amount);

/// <summary>Why something is owed.</summary>
/// <param name="Text">The whole, without a full stop: the machine goes on with run and state.</param>
/// <param name="Items">Such as <c>24,000 = 30,000 − 6,000</c>, one an item.</param>
/// <param name="Lines">What the sum is made of, for statements and pages.</param>
public sealed record OwedReason(string Text, IReadOnlyList<string> Items, IReadOnlyList<ReasonLine> Lines);

/// <summary>A line of a sum, in minor units.</summary>
public sealed record ReasonLine(string Text, long Amount);
