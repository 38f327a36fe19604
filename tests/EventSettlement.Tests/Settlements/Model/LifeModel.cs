using EventSettlement.Contracts;

namespace EventSettlement.Tests.Settlements.Model;

/// <summary>
/// The life of a settlement as its rules tell it, without machine, session or pipeline; effects are lines of text.
/// </summary>
internal sealed class LifeModel(IReadOnlyList<TimeSpan> delays)
{
    private readonly HashSet<Guid> _everAnswered = [],
        _answered = [];
    private readonly List<string> _effects = [];
    private (PartCounts Counts, int Revision, bool Open)[] _parts = [];
    private string _state = "";
    private int _attempt,
        _retries,
        _seq,
        _timers;
    private int? _timer,
        _firing;
    private bool _rejectedToo,
        _held,
        _cancelling,
        _due,
        _born;
    private Guid? _cancel;
    private DateTimeOffset? _next,
        _notBefore,
        _now;

    public string Standing =>
        !IsThere
            ? "none"
            : Lines.Standing(
                _state,
                _attempt,
                _retries,
                _seq,
                (_rejectedToo, _held, _cancelling, _due),
                _timer,
                _next,
                _notBefore,
                _parts,
                _everAnswered.Count
            );

    private bool IsThere => _state.Length > 0;
    private bool IsOver => _state is "COMPLETED" or "CANCELLED";
    private bool AllSettled => _parts.All(p => p.Counts.Paid + p.Counts.WrittenOff == p.Counts.Items);

    public void BeginBatch(DateTimeOffset now)
    {
        (_now, _born) = (now, false);
        _answered.UnionWith(IsThere ? _everAnswered : []);
    }

    /// <param name="timer">Number of the timer that fires, 0 for one that nobody set; null for other messages.</param>
    public IReadOnlyList<string> Handle(object message, int? timer)
    {
        _effects.Clear();
        _firing = timer;
        if (IsBroken(message))
            return ["parked"];
        switch (message)
        {
            case SettlementRequested m when !IsThere:
                Create(m);
                break;
            case PayoutDue when timer == _timer && (_held || _cancelling):
                (_due, _timer) = (true, null);
                break;
            case PayoutDue when timer == _timer && _attempt == 0:
                Start(false, _retries, "payable", "timer");
                break;
            case PayoutDue when timer == _timer:
                Start(false, _retries - 1, "retry-due", "timer");
                break;
            case PartAnswered m:
                TakeOver(m.Part, m.Revision, m.Counts);
                Close(m);
                break;
            case PartCorrected m:
                TakeOver(m.Part, m.Revision, m.Counts);
                Decide(m.Cause, m.Actor);
                break;
            case CancelItemsAnswered m when IsAwaited(m):
                DecideCancel(m);
                break;
            case RetrySettlement m:
                Do(
                    m.CommandId,
                    "retry",
                    ToRetry(m.IncludeRejected),
                    () => Start(m.IncludeRejected, delays.Count, "retry", m.Actor)
                );
                break;
            case CancelSettlement m:
                Do(m.CommandId, "cancel", ToCancel(), () => Cancel(m));
                break;
            case HoldSettlement m:
                Do(m.CommandId, "hold", Ended, () => Hold(true, "hold", m.Actor));
                break;
            case ReleaseSettlement m:
                Do(m.CommandId, "release", Ended, () => Hold(false, "release", m.Actor));
                break;
        }
        return [.. _effects];
    }

    private bool IsBroken(object message) =>
        message switch
        {
            SettlementRequested m => !IsThere && m.Parts is null,
            PartAnswered m => !Fits(m.Part, m.Counts),
            PartCorrected m => !Fits(m.Part, m.Counts),
            CancelItemsAnswered m => !IsThere
                || (IsAwaited(m) && m.Cancelled && !IsOver && !m.Parts.All(p => Fits(p.Part, p.Counts))),
            _ => message is string || (message is PayoutDue && !IsThere),
        };

    private void Create(SettlementRequested m)
    {
        (_parts, _retries, _born) = ([.. m.Parts.Select(counts => (counts, 0, false))], delays.Count, true);
        Move("PENDING", "requested", "planner");
        if (m.HoldReason is not null)
            Hold(true, "hold", "planner");
        if (AllSettled)
            End("COMPLETED", "nothing-to-pay", "saga");
        else if (m.PayableAt <= _now && _held)
            _due = true;
        else if (m.PayableAt <= _now)
            Start(false, _retries, "payable", "saga");
        else
            SetTimer(m.PayableAt);
    }

    private void Start(bool rejectedToo, int retries, string cause, string actor)
    {
        (_attempt, _retries, _rejectedToo) = (_attempt + 1, retries, rejectedToo);
        (_due, _next, _notBefore) = (false, null, null);
        _parts = [.. _parts.Select(p => p with { Open = Unpaid(p.Counts, rejectedToo) })];
        DropTimer();
        Move("PROCESSING", cause, actor);
        _effects.AddRange(
            Enumerable
                .Range(0, _parts.Length)
                .Where(i => _parts[i].Open)
                .Select(i => Lines.Asked(i, _attempt, rejectedToo))
        );
        Decide(cause, actor);
    }

    private void TakeOver(int part, int revision, PartCounts counts)
    {
        if (revision > _parts[part].Revision)
            (_parts[part].Revision, _parts[part].Counts) = (revision, counts);
    }

    private void Close(PartAnswered m)
    {
        if (_state == "PROCESSING" && m.Attempt == _attempt && _parts[m.Part].Open)
            (_parts[m.Part].Open, _notBefore) = (false, Later(m.NotBefore, _notBefore));
        Decide("attempt-answered", "payouts");
    }

    private void Decide(string cause, string actor)
    {
        var ended = _state == "PROCESSING" && !_parts.Any(p => p.Open);
        if (AllSettled && (ended || _state is "AWAITING_RETRY" or "FAILED"))
            End("COMPLETED", cause, actor);
        else if ((!Unpaid(false) && _state == "AWAITING_RETRY") || (ended && (!Unpaid(false) || _retries == 0)))
            End("FAILED", cause, actor);
        else if (ended)
        {
            _next = Later(_now + delays[delays.Count - _retries], _notBefore);
            Move("AWAITING_RETRY", cause, actor);
            SetTimer(_next);
        }
    }

    private string? ToRetry(bool rejectedToo) =>
        _state is not ("AWAITING_RETRY" or "FAILED") ? "refused_by_state"
        : _held ? "held"
        : _cancelling ? "cancelling"
        : Unpaid(rejectedToo) ? null
        : "nothing_to_retry";

    private string? ToCancel() =>
        _state is not ("PENDING" or "AWAITING_RETRY" or "FAILED") ? "refused_by_state"
        : _cancelling ? "cancelling"
        : null;

    private string? Ended => IsOver ? "refused_by_state" : null;

    private void Do(Guid command, string verb, string? refusal, Action effect)
    {
        if (_answered.Contains(command) || (_cancelling && _cancel == command))
            return;
        refusal = IsThere && !_born ? refusal : "not_found";
        if (refusal is not null || verb != "cancel")
            Answer(command, verb, refusal);
        if (refusal is null)
            effect();
    }

    private void Cancel(CancelSettlement m)
    {
        (_cancelling, _cancel) = (true, m.CommandId);
        Record(_state, "cancel-asked", m.Actor);
        _effects.Add(Lines.CancelAsked(m.CommandId));
    }

    private void DecideCancel(CancelItemsAnswered m)
    {
        var cancelled = m.Cancelled && !IsOver;
        Answer(m.CommandId, "cancel", cancelled ? null : m.Code ?? "cancel_refused");
        foreach (var part in cancelled ? m.Parts : [])
            TakeOver(part.Part, part.Revision, part.Counts);
        if (cancelled)
            End("CANCELLED", "cancelled", "payouts");
        else
            Record(_state, "cancel-refused", "payouts");
        GoOn(_held, cancelling: false);
    }

    private void Hold(bool held, string verb, string actor)
    {
        // Another one who holds it has a reason too.
        if (held || _held)
            Record(_state, verb, actor);
        GoOn(held, _cancelling);
    }

    private void GoOn(bool held, bool cancelling)
    {
        (_held, _cancelling) = (held, cancelling);
        if (_due && !held && !cancelling)
            SetTimer(_now);
    }

    private void End(string state, string cause, string actor)
    {
        (_due, _held, _next) = (false, _held && state == "FAILED", null);
        DropTimer();
        Move(state, cause, actor);
        if (state == "FAILED")
            _effects.Add("alert settlement_failed");
    }

    private void Move(string to, string cause, string actor)
    {
        Record(to, cause, actor);
        _effects.Add(Lines.Event(_seq, _state = to, _attempt, _parts.Sum(p => p.Counts.PaidAmount), _next));
    }

    private void Record(string to, string cause, string actor) =>
        _effects.Add(Lines.History(++_seq, _state, to, cause, actor, _attempt));

    private void Answer(Guid command, string verb, string? refusal)
    {
        _effects.Add(Lines.Answer(command, verb, refusal));
        _everAnswered.Add(command);
        _answered.UnionWith(IsThere ? [command] : []);
    }

    private void SetTimer(DateTimeOffset? at)
    {
        (_timer, _due) = (++_timers, false);
        _effects.Add(Lines.TimerSet(_timers, at!.Value));
    }

    private void DropTimer()
    {
        if (_timer is { } timer && timer != _firing)
            _effects.Add(Lines.TimerDropped(timer));
        _timer = null;
    }

    private bool Fits(int part, PartCounts c) =>
        part >= 0 && part < _parts.Length && c.Items == _parts[part].Counts.Items;

    private bool IsAwaited(CancelItemsAnswered m) => _cancelling && _cancel == m.CommandId;

    private bool Unpaid(bool rejectedToo) => _parts.Any(p => Unpaid(p.Counts, rejectedToo));

    private static bool Unpaid(PartCounts c, bool rejectedToo) =>
        c.Pending + c.Failed + c.InDoubt + (rejectedToo ? c.Rejected : 0) > 0;

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other > one ? other : one;
}
