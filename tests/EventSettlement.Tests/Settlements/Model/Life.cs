using EventSettlement.Alerts;
using EventSettlement.Contracts;
using EventSettlement.Messaging.Sagas;
using EventSettlement.Settlements.Saga;

namespace EventSettlement.Tests.Settlements.Model;

/// <summary>
/// One settlement led through its steps, in the product and in the model at once. After every batch both must tell the
/// same, and every property must hold.
/// </summary>
internal sealed class Life(RealSaga saga)
{
    /// <summary>As the model tells, and three about the end of a life.</summary>
    public const int MoreProperties = 4;

    private const int MostRoundsToAnEnd = 40;
    private static readonly Guid Id = new("11111111-2222-5333-8444-555555555555");
    private readonly LifeModel _model = new(RealSaga.Delays);
    private readonly LifeTotals _totals = new();
    private readonly LifeWorld _world = new(Id);
    private readonly List<Arrival> _batch = [];
    private readonly List<string> _story = [];
    private int _version;

    /// <summary>What happened and where it stood afterwards, for a reader.</summary>
    public IReadOnlyList<string> Story => _story;

    /// <returns>The name of what does not hold, or null.</returns>
    public async Task<string?> Live(IReadOnlyList<LifeStep> steps)
    {
        foreach (var step in steps)
            if (await Take(step) is { } wrong)
                return wrong;
        return await Handle() ?? await LeaveAlone() ?? TheEnd();
    }

    private async Task<string?> Take(LifeStep step)
    {
        _batch.AddRange(_world.Arriving(step));
        return step.Joined ? null : await Handle();
    }

    /// <summary>Everything under way arrives, payouts pay all that they are asked for, timers come.</summary>
    private async Task<string?> LeaveAlone()
    {
        for (var round = 0; round < MostRoundsToAnEnd && !_world.IsQuiet; round++)
            foreach (
                var what in _world.Row.Stored is { Held: true }
                    ? new[] { Happening.Release, Happening.Serve, Happening.Deliver, Happening.Due }
                    : [Happening.Serve, Happening.Deliver, Happening.Due]
            )
                if (await Take(new LifeStep(what)) is { } wrong)
                    return wrong;
        return null;
    }

    private string? TheEnd()
    {
        var settlement = _world.Row.Stored;
        if (settlement is null)
            return _world.WasRequested ? "A_request_becomes_a_settlement" : null;
        if (settlement.Cancelling || settlement.State is not ("COMPLETED" or "FAILED" or "CANCELLED"))
            return "Left_alone_every_life_ends";
        return settlement.Parts.Select((p, i) => p.Counts == _world.Parts.CountsOf(i)).All(same => same)
            ? null
            : "In_the_end_the_saga_knows_what_payouts_know";
    }

    private async Task<string?> Handle()
    {
        if (_batch.Count == 0)
            return null;
        var now = _world.NextBatch();
        _model.BeginBatch(now);
        var expected = _batch.SelectMany(m => _model.Handle(m.Message, m.Timer)).ToList();
        var before = _world.Row.Stored;
        var batch = await saga.Handle(Id, _world.Row, now, _batch.ConvertAll(m => (m.Message, m.Token)));
        Store(batch);
        var moment = new Moment(before, _world.Row.Stored, batch, [.. _batch], _totals, _world.Standing);
        _totals.Add(moment);
        var told = Tell(batch);
        var standing = Standing();
        _story.Add($"{Lines.At(now)} {string.Join(" + ", _batch.Select(m => m.ToString()))}");
        _story.AddRange(told.Select(line => "      " + line));
        _story.Add("    = " + standing);
        _batch.Clear();
        return LifeProperties.Broken(moment) ?? Compare(expected, told, standing);
    }

    private string? Compare(List<string> expected, List<string> told, string standing)
    {
        // Within a kind the order counts; between rows, messages and timers there is none.
        var sorted = expected.OrderBy(Kind, StringComparer.Ordinal).ToList();
        if (sorted.SequenceEqual(told.OrderBy(Kind, StringComparer.Ordinal)) && standing == _model.Standing)
            return null;
        _story.Add("      the model tells:");
        _story.AddRange(sorted.Select(line => "      " + line));
        _story.Add("    = " + _model.Standing);
        return "As_the_model_tells";
    }

    private static string Kind(string line) => line[..(line.IndexOf(' ', StringComparison.Ordinal) + 1)];

    private void Store(RealBatch batch)
    {
        foreach (var timer in batch.Session.Scheduled)
            _world.Set(timer.Token, batch.Now + timer.Delay);
        foreach (var token in batch.Session.Cancelled)
            _world.Drop(token);
        foreach (var answer in batch.Session.Rows.OfType<CommandAnswer>())
            _world.Row.Answered.Add(answer.CommandId);
        foreach (var sent in batch.Sent)
            if (sent is PayPart or CancelItems)
                _world.Asked.Add(sent);
        if (batch.Written is not { } written)
            return;
        Assert.Equal(_version, written.Version);
        var stored = written.Copy();
        stored.Parts = PartState.Read(PartState.Write(written.Parts));
        stored.Version = ++_version;
        _world.Row.Stored = stored;
    }

    private List<string> Tell(RealBatch batch)
    {
        var lines = new List<string>(batch.Parked.Select(_ => "parked"));
        foreach (var row in batch.Session.Rows)
            if (row is HistoryRow h)
                lines.Add(Lines.History(h.Seq, h.FromState ?? "", h.ToState, h.Cause, h.Actor, h.Attempt));
            else if (row is CommandAnswer a)
                lines.Add(Lines.Answer(a.CommandId, a.Verb, a.Code));
            else if (row is Alert { Count: > 0 } alert)
                lines.Add($"alert {alert.Code}");
        foreach (var sent in batch.Sent)
            lines.Add(
                sent switch
                {
                    PayPart m => Lines.Asked(m.Part, m.Attempt, m.IncludeRejected),
                    CancelItems m => Lines.CancelAsked(m.CommandId),
                    SettlementEvent m => Lines.Event(m.Seq, m.State, m.Attempt, m.PaidAmount, m.NextRetryAt),
                    _ => $"sent {sent}",
                }
            );
        foreach (var timer in batch.Session.Scheduled)
            lines.Add(Lines.TimerSet(_world.Number(timer.Token), batch.Now + timer.Delay));
        lines.AddRange(batch.Session.Cancelled.Select(token => Lines.TimerDropped(_world.Number(token))));
        return lines;
    }

    private string Standing() =>
        _world.Row.Stored is not { } s
            ? "none"
            : Lines.Standing(
                s.State,
                s.Attempt,
                s.RetriesLeft,
                s.Seq,
                (s.IncludeRejected, s.Held, s.Cancelling, s.Due),
                s.TimerToken is { } token ? _world.Number(token) : null,
                s.NextRetryAt,
                s.NotBefore,
                s.Parts.Select(p => (p.Counts, p.Revision, p.Open)),
                _world.Row.Answered.Count
            );
}

/// <summary>A message as it comes in, with the number and token of its timer where it is one.</summary>
internal readonly record struct Arrival(object Message, int? Timer, Guid? Token, bool Repeated)
{
    public override string ToString() =>
        (Repeated ? "again " : "")
        + (
            Message switch
            {
                PayoutDue => $"PayoutDue of timer {Timer}",
                PartAnswered m => $"PartAnswered part {m.Part}, attempt {m.Attempt}, revision {m.Revision}",
                PartCorrected m => $"PartCorrected part {m.Part}, revision {m.Revision}",
                SettlementRequested m => $"SettlementRequested payable at {Lines.At(m.PayableAt)}",
                CancelItemsAnswered m => m.Cancelled
                    ? "CancelItemsAnswered: cancelled"
                    : $"CancelItemsAnswered: {m.Code}",
                RetrySettlement { IncludeRejected: true } => "RetrySettlement, rejected too",
                string => "no message",
                _ => Message.GetType().Name,
            }
        );
}
