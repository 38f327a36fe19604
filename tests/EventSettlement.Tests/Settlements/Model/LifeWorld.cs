using EventSettlement.Contracts;

namespace EventSettlement.Tests.Settlements.Model;

/// <summary>
/// Everything around the saga: payouts, messages under way and told before, timers, operators, the clock.
/// </summary>
internal sealed class LifeWorld(Guid id)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(10);
    private readonly List<object> _underWay = [];
    private readonly List<Arrival> _seen = [];
    private readonly List<Arrival> _commands = [];
    private readonly HashSet<object> _spoilt = new(ReferenceEqualityComparer.Instance);
    private readonly List<(Guid Token, DateTimeOffset At)> _timers = [];
    private SettlementRequested? _request;
    private DateTimeOffset _now = Lines.Start;

    public RealRow Row { get; } = new();

    public PlayedParts Parts { get; } = new(id);

    /// <summary>Sent to payouts and not taken yet.</summary>
    public List<object> Asked { get; } = [];

    /// <summary>Rows of <c>scheduled_message</c>.</summary>
    public HashSet<Guid> Standing { get; } = [];

    public bool IsQuiet =>
        Asked.Count == 0 && _underWay.Count == 0 && Row.Stored is not { Held: true } && Row.Stored?.TimerToken is null;

    public bool WasRequested => _request is not null;

    /// <summary>No two batches have the same now.</summary>
    public DateTimeOffset NextBatch() => _now += Tick;

    public void Set(Guid token, DateTimeOffset at)
    {
        _timers.Add((token, at));
        Standing.Add(token);
    }

    public void Drop(Guid token) => Standing.Remove(token);

    public int Number(Guid token) => _timers.FindIndex(t => t.Token == token) + 1;

    public IEnumerable<Arrival> Arriving(LifeStep step)
    {
        var arriving = step.What switch
        {
            Happening.Request => [Plain(_request ??= Request(step.A, step.B))],
            Happening.Serve => Serve(step),
            Happening.Deliver => Deliver(step.A),
            Happening.Repeat => Again(_seen, step.A),
            Happening.Again => Again(_commands, step.A),
            Happening.Correct => Correct(step),
            Happening.Due => Due(step),
            Happening.Pass => Pass(step.A),
            Happening.Guard => Guard(),
            Happening.Broken => [Spoilt(Broken(step.A))],
            _ => [Command(step.What)],
        };
        _seen.AddRange(arriving.Where(a => !a.Repeated && a.Message is not string));
        return arriving;
    }

    private Arrival Spoilt(object message)
    {
        _spoilt.Add(message);
        return Plain(message);
    }

    private static Arrival Plain(object message) => new(message, null, null, false);

    private SettlementRequested Request(int kind, int hold)
    {
        Parts.Owe(
            paid: kind < 4 ? 0
            : kind is 5 ? 2
            : kind is 7 ? 4
            : 1
        );
        return Messages.Requested(
            id,
            kind is 3 or 6 ? _now + TimeSpan.FromHours(1) : null,
            Parts.CountsOf(0),
            Parts.CountsOf(1)
        ) with
        {
            HoldReason = hold % 4 == 3 ? "too much" : null,
        };
    }

    private Arrival[] Serve(LifeStep step)
    {
        if (Asked.Count == 0)
            return [];
        var asked = Asked[step.A % Asked.Count];
        Asked.Remove(asked);
        _underWay.Add(Parts.Answer(asked, step.B, _now));
        return [];
    }

    private Arrival[] Deliver(int which)
    {
        if (_underWay.Count == 0)
            return [];
        var message = _underWay[which % _underWay.Count];
        _underWay.Remove(message);
        return [Plain(message)];
    }

    /// <summary>What was parked may be right when it comes again later: then it is the first time.</summary>
    private Arrival[] Again(List<Arrival> told, int which) =>
        told.Count == 0
            ? []
            : [told[which % told.Count] with { Repeated = !_spoilt.Contains(told[which % told.Count].Message) }];

    private Arrival[] Correct(LifeStep step)
    {
        if (
            _request is not null
            && Parts.Correct(step.A % 2, step.B, failed: Row.Stored?.State == "FAILED") is { } corrected
        )
            _underWay.Add(corrected);
        return [];
    }

    private Arrival[] Due(LifeStep step)
    {
        var current = Row.Stored?.TimerToken is { } token ? Number(token) : 0;
        var timer = step.A switch
        {
            0 => current,
            1 when _timers.Count > 0 => (step.B % _timers.Count) + 1,
            _ => 0,
        };
        if (timer == 0 && step.A == 0)
            return [];
        if (timer == 0)
            return [new(new PayoutDue(id), 0, new Guid(99, 0, 0, new byte[8]), false)];
        return [Fire(timer)];
    }

    // Only what stands fires, and not before its time; anything else is a timer that came late.
    private Arrival Fire(int timer)
    {
        var (token, at) = _timers[timer - 1];
        if (Standing.Remove(token))
            while (_now < at)
                _now += Tick;
        return new Arrival(new PayoutDue(id), timer, token, false);
    }

    private Arrival[] Pass(int ticks)
    {
        _now += ticks * Tick;
        return [];
    }

    private Arrival[] Guard()
    {
        if (Row.Stored is not { } s)
            return _request is null ? [] : [Plain(_request)];
        if (
            s.State is "PENDING" or "AWAITING_RETRY"
            && s is { Held: false, Cancelling: false, Due: false }
            && s.TimerToken is { } token
        )
            return [Fire(Number(token))];
        for (var part = 0; part < s.Parts.Length; part++)
            if (s.State == "PROCESSING" && s.Parts[part].Open)
                Asked.Add(new PayPart(id, part, s.Attempt, s.IncludeRejected));
        return [];
    }

    private Arrival Command(Happening what)
    {
        var command = Lines.Command(_commands.Count + 1);
        _commands.Add(
            Plain(
                what switch
                {
                    Happening.Retry => new RetrySettlement(id, command, "kim"),
                    Happening.RetryRejected => new RetrySettlement(id, command, "kim", IncludeRejected: true),
                    Happening.Cancel => new CancelSettlement(id, command, "kim", "because"),
                    Happening.Hold => new HoldSettlement(id, command, "kim"),
                    _ => new ReleaseSettlement(id, command, "kim"),
                }
            )
        );
        return _commands[^1];
    }

    private object Broken(int kind) =>
        kind switch
        {
            0 => "{\"settlementId\":",
            1 => "null",
            2 => Messages.Answered(id, 9, 1, 1, Messages.Counts(paid: 2)),
            3 => Messages.Answered(id, 0, 1, 99, Messages.Counts(paid: 3)),
            4 => Messages.Corrected(id, -1, 99, Messages.Counts(paid: 2)),
            5 => Messages.Requested(id) with { Parts = null! },
            _ => new CancelItemsAnswered(
                id,
                Row.Stored?.CancelCommand ?? Guid.Empty,
                true,
                null,
                null,
                null,
                [new(0, 99, Messages.Counts(cancelled: 2)), new(kind, 99, Messages.Counts(cancelled: 2))]
            ),
        };
}
