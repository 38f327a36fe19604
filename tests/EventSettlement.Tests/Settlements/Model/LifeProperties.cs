using EventSettlement.Contracts;
using EventSettlement.Settlements.Saga;

namespace EventSettlement.Tests.Settlements.Model;

/// <summary>
/// What holds after every batch, whatever came. Nothing here asks the model or the product's rules.
/// </summary>
internal static class LifeProperties
{
    /// <summary>SETTLEMENT's table: each step of a state that there is.</summary>
    internal static readonly HashSet<(string From, string To)> Legal =
    [
        ("", "PENDING"),
        ("PENDING", "PROCESSING"),
        ("PENDING", "COMPLETED"),
        ("PENDING", "CANCELLED"),
        ("PROCESSING", "COMPLETED"),
        ("PROCESSING", "AWAITING_RETRY"),
        ("PROCESSING", "FAILED"),
        ("AWAITING_RETRY", "PROCESSING"),
        ("AWAITING_RETRY", "COMPLETED"),
        ("AWAITING_RETRY", "FAILED"),
        ("AWAITING_RETRY", "CANCELLED"),
        ("FAILED", "PROCESSING"),
        ("FAILED", "COMPLETED"),
        ("FAILED", "CANCELLED"),
    ];

    private static readonly (string Name, Func<Moment, bool> Holds)[] History =
    [
        ("Moves_are_legal", m => m.Moves.All(h => Legal.Contains((h.FromState ?? "", h.ToState)))),
        (
            "History_is_numbered_without_gaps",
            m =>
                m.History.Select(h => h.Seq).SequenceEqual(Enumerable.Range(Seq(m.Before) + 1, m.History.Length))
                && Seq(m.After) == m.Life.Seq
        ),
        (
            "History_tells_the_state_before",
            m =>
                m.History.Select(h => h.FromState ?? "")
                    .SequenceEqual(
                        m.History.Select(h => h.ToState).SkipLast(1).Prepend(State(m.Before)).Take(m.History.Length)
                    )
        ),
        (
            "History_ends_where_the_settlement_stands",
            m => m.History.Length == 0 ? State(m.Before) == State(m.After) : m.History[^1].ToState == State(m.After)
        ),
        (
            "Each_move_is_told_to_the_world_once",
            m => m.Moves.Select(h => (h.Seq, h.ToState)).SequenceEqual(m.Events.Select(e => (e.Seq, e.State)))
        ),
        ("What_has_ended_stays", m => State(m.Before) is not ("COMPLETED" or "CANCELLED") || !m.Moves.Any()),
        ("Each_failure_raises_one_alert", m => m.Alerts == m.Moves.Count(h => h.ToState == "FAILED")),
        (
            "A_run_counts_a_settlement_where_it_stands",
            m =>
                m.Life.Progress.All(p =>
                    p.Value == (p.Key == State(m.After) ? (1, m.After!.Items, m.After.Amount) : default)
                )
        ),
    ];

    private static readonly (string Name, Func<Moment, bool> Holds)[] Attempts =
    [
        (
            "The_attempt_rises_with_each_start_and_never_else",
            m => (m.After?.Attempt ?? 0) - (m.Before?.Attempt ?? 0) == m.Starts
        ),
        ("A_cycle_has_at_most_four_attempts", m => m.Life.AttemptsOfCycle <= 4),
        ("No_attempt_starts_while_held", m => m.Only is null || m.Starts == 0 || m.Before is not { Held: true }),
        (
            "What_is_planned_held_waits_for_a_release",
            m => m.Only is not SettlementRequested { HoldReason: not null } || m.Starts == 0
        ),
        (
            "No_attempt_starts_while_a_cancellation_is_decided",
            m => m.Only is null || m.Starts == 0 || m.Before is not { Cancelling: true }
        ),
        ("A_part_is_asked_once_an_attempt", m => m.Asked.All(a => m.Life.Asked[(a.Part, a.Attempt)] == 1)),
        (
            "Only_parts_with_something_unpaid_are_asked",
            m => m.Asked.All(a => Unpaid(m.Life.Told[a.Part].Counts, a.IncludeRejected)) || m.Only is null
        ),
        (
            "All_parts_with_something_unpaid_are_asked",
            m =>
                m.Only is null
                || m.Starts == 0
                || State(m.After) != "PROCESSING"
                || m.After!.Parts.All(p => p.Open == Unpaid(p.Counts, m.After.IncludeRejected))
        ),
        (
            "Rejected_items_are_asked_for_only_when_an_operator_said_so",
            m => m.Only is null or RetrySettlement { IncludeRejected: true } || m.Asked.All(a => !a.IncludeRejected)
        ),
        (
            "An_answer_is_awaited_in_PROCESSING_and_nowhere_else",
            m => m.After is null || m.After.Parts.Any(p => p.Open) == (m.After.State == "PROCESSING")
        ),
        (
            "Only_the_answer_of_its_attempt_closes_a_part",
            m =>
                m.Only is null
                || m.Before is null
                || !Range(m.Before).Any(p => m.Before.Parts[p].Open && !m.After!.Parts[p].Open)
                || (m.Only is PartAnswered a && a.Attempt == m.Before.Attempt && m.Before.Parts[a.Part].Open)
        ),
        (
            "COMPLETED_is_paid_or_written_off",
            m => State(m.After) != "COMPLETED" || m.Moves.All(h => h.ToState != "COMPLETED") || Settled(m.After!)
        ),
        (
            "Who_waits_or_failed_is_not_paid",
            m => State(m.After) is not ("AWAITING_RETRY" or "FAILED") || !Settled(m.After!)
        ),
        (
            "FAILED_leaves_no_retry_unused",
            m =>
                m.Only is null
                || m.Moves.All(h => h.ToState != "FAILED")
                || m.After!.RetriesLeft == 0
                || m.After.Parts.All(p => !Unpaid(p.Counts, false))
        ),
        (
            "AWAITING_RETRY_has_a_retry_and_something_to_pay",
            m =>
                State(m.After) != "AWAITING_RETRY"
                || (m.After!.RetriesLeft > 0 && m.After.Parts.Any(p => Unpaid(p.Counts, false)))
        ),
    ];

    private static readonly (string Name, Func<Moment, bool> Holds)[] Timers =
    [
        (
            "Who_waits_has_one_timer_or_knows_that_it_came",
            m =>
                State(m.After) is not ("PENDING" or "AWAITING_RETRY")
                || (
                    m.After!.Due
                        ? m.Timers.Count == 0 && (m.After.Held || m.After.Cancelling)
                        : m.After.TimerToken is { } token && m.Timers.All(t => t == token)
                )
        ),
        (
            "Who_does_not_wait_has_no_timer",
            m =>
                State(m.After) is "PENDING" or "AWAITING_RETRY"
                || (m.Timers.Count == 0 && m.After?.TimerToken is null && m.After is not { Due: true })
        ),
        (
            "A_wait_is_as_long_as_its_delay",
            m =>
                m.Only is null
                || m.Moves.All(h => h.ToState != "AWAITING_RETRY")
                || (
                    m.After!.NextRetryAt is { } at
                    && at >= m.Now + RealSaga.Delays[3 - m.After.RetriesLeft]
                    && at >= (m.After.NotBefore ?? at)
                    && Lines.At(m.Now + m.Batch.Session.Scheduled[^1].Delay) == Lines.At(at)
                )
        ),
        (
            "Nothing_is_paid_before_its_time",
            m => m.Only is not PayoutDue || m.Starts == 0 || m.Now >= (m.Before!.NextRetryAt ?? m.Before.PayableAt)
        ),
        (
            "An_older_timer_changes_nothing",
            m => m.Only is not PayoutDue || m.Arrivals[0].Token == m.Before?.TimerToken || m.LeftNoTrace
        ),
    ];

    private static readonly (string Name, Func<Moment, bool> Holds)[] Told =
    [
        (
            "Counts_are_those_of_the_highest_revision",
            m =>
                m.After is null
                || Range(m.After).All(p => (m.After.Parts[p].Revision, m.After.Parts[p].Counts) == m.Life.Told[p])
        ),
        (
            "Items_and_amount_never_change",
            m => m.Before is null || (m.Before.Items, m.Before.Amount) == (m.After!.Items, m.After.Amount)
        ),
        (
            "A_repeat_changes_nothing",
            m => m.Only is null || !m.Arrivals[0].Repeated || m.Before is null || m.LeftNoTrace
        ),
        ("What_is_parked_changes_nothing", m => m.Only is null || m.Batch.Parked.Count == 0 || m.LeftNoTrace),
        ("A_command_is_answered_once", m => m.Answers.All(a => m.Life.Executed.GetValueOrDefault(a.CommandId) <= 1)),
        (
            "A_refused_command_changes_nothing",
            m =>
                m.Only is null or CancelItemsAnswered
                || m.Answers.All(a => a.Code is null)
                || (m.Unchanged && m.Batch.Sent.Length == 0)
        ),
        (
            "A_command_is_answered_or_asked_of_payouts",
            m =>
                m.Before is null
                || m.Only is not (RetrySettlement or CancelSettlement or HoldSettlement or ReleaseSettlement)
                || m.Arrivals[0].Repeated
                || m.Answers.Count() + m.Batch.Sent.Count(s => s is CancelItems) == 1
        ),
        ("Payouts_are_asked_once_to_cancel", m => m.Life.CancelsAsked.Values.All(times => times == 1)),
        (
            "CANCELLED_is_what_payouts_said",
            m =>
                m.Only is null
                || m.Moves.All(h => h.ToState != "CANCELLED")
                || (m.Only is CancelItemsAnswered { Cancelled: true } a && a.CommandId == m.Before?.CancelCommand)
        ),
        (
            "A_hold_stands_until_it_is_released_or_ended",
            m =>
                m.Only is null
                || m.Before is not { Held: true }
                || m.After!.Held
                || m.Only is ReleaseSettlement
                || State(m.After) is "COMPLETED" or "CANCELLED"
        ),
    ];

    public static readonly (string Name, Func<Moment, bool> Holds)[] All =
    [
        .. History,
        .. Attempts,
        .. Timers,
        .. Told,
    ];

    public static string? Broken(Moment moment)
    {
        foreach (var (name, holds) in All)
            if (!holds(moment))
                return name;
        return null;
    }

    private static string State(Settlement? s) => s?.State ?? "";

    private static int Seq(Settlement? s) => s?.Seq ?? 0;

    private static IEnumerable<int> Range(Settlement s) => Enumerable.Range(0, s.Parts.Length);

    private static bool Unpaid(PartCounts c, bool rejectedToo) =>
        c.Pending + c.Failed + c.InDoubt + (rejectedToo ? c.Rejected : 0) > 0;

    private static bool Settled(Settlement s) =>
        s.Parts.All(p => p.Counts.Paid + p.Counts.WrittenOff == p.Counts.Items);
}
