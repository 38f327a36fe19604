using System.Globalization;
using EventSettlement.Contracts;

namespace EventSettlement.Tests.Settlements.Model;

/// <summary>How model and product tell the same things, so that a difference is read and not debugged.</summary>
internal static class Lines
{
    public static readonly DateTimeOffset Start = new(2031, 5, 1, 0, 0, 0, TimeSpan.Zero);

    public static string History(int seq, string from, string to, string cause, string actor, int attempt) =>
        Text($"history {seq} {(from.Length == 0 ? "-" : from)} > {to}: {cause} by {actor}, attempt {attempt}");

    public static string Event(int seq, string state, int attempt, long paid, DateTimeOffset? next) =>
        Text($"event {seq} {state}, attempt {attempt}, {paid} paid, next {At(next)}");

    public static string Asked(int part, int attempt, bool rejectedToo) =>
        Text($"pay part {part}, attempt {attempt}{(rejectedToo ? ", rejected too" : "")}");

    public static string CancelAsked(Guid command) => $"cancel items for {Name(command)}";

    public static string Answer(Guid command, string verb, string? refusal) =>
        $"answer {Name(command)} {verb}: {refusal ?? "DONE"}";

    public static string TimerSet(int timer, DateTimeOffset at) => Text($"set timer {timer} for {At(at)}");

    public static string TimerDropped(int timer) => Text($"drop timer {timer}");

    public static string Standing(
        string state,
        int attempt,
        int retries,
        int seq,
        (bool RejectedToo, bool Held, bool Cancelling, bool Due) flags,
        int? timer,
        DateTimeOffset? next,
        DateTimeOffset? notBefore,
        IEnumerable<(PartCounts Counts, int Revision, bool Open)> parts,
        int answered
    )
    {
        var told = string.Join(" | ", parts.Select(p => Text($"{Counts(p.Counts)}@{p.Revision}{(p.Open ? "?" : "")}")));
        var set =
            $"{(flags.RejectedToo ? " rejected-too" : "")}{(flags.Held ? " held" : "")}"
            + $"{(flags.Cancelling ? " cancelling" : "")}{(flags.Due ? " due" : "")}";
        return Text($"{state} attempt {attempt} retries {retries} seq {seq}{set} timer {timer?.ToString() ?? "-"} ")
            + Text($"next {At(next)} not-before {At(notBefore)} [{told}] answered {answered}");
    }

    /// <summary>Seconds since the beginning, to ten: waits come through a clock of this process.</summary>
    public static string At(DateTimeOffset? at) =>
        at is { } time ? Text($"{Math.Ceiling((time - Start).TotalSeconds / 10) * 10}s") : "-";

    public static Guid Command(int number) => new(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0xC]);

    private static string Name(Guid command) => Text($"C{BitConverter.ToInt32(command.ToByteArray(), 0)}");

    private static string Counts(PartCounts c) =>
        string.Concat(
            new (int Count, string Letter)[]
            {
                (c.Pending, "n"),
                (c.Paid, "p"),
                (c.Failed, "f"),
                (c.Rejected, "r"),
                (c.InDoubt, "d"),
                (c.WrittenOff, "w"),
                (c.NeedsPerson, "x"),
                (c.Cancelled, "c"),
            }
                .Where(c => c.Count > 0)
                .Select(c => Text($"{c.Count}{c.Letter}"))
        );

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
