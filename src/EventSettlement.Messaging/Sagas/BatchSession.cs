using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using MassTransit;

namespace EventSettlement.Messaging.Sagas;

/// <summary>What one batch of saga messages has changed so far; all of it is committed, or none.</summary>
public sealed class BatchSession
{
    private readonly List<object> _rows = [];
    private readonly Dictionary<Type, SideRowWriter> _tables = [];
    private readonly List<OutgoingMessage> _sent = [];
    private readonly List<ScheduledSend> _scheduled = [];
    private readonly List<Guid> _cancelled = [];
    private readonly List<Action> _undo = [];
    private int _collected;

    /// <summary>The database's clock at the start of this batch: the only now that a saga knows.</summary>
    public DateTimeOffset Now { get; init; } = TimeProvider.System.GetUtcNow();

    /// <summary>Partition of the input, for lanes with one writer each.</summary>
    public int Partition { get; init; }

    public IReadOnlyList<object> Rows => _rows;

    /// <summary>Needs an <see cref="ISideTable{TRow}"/> for <typeparamref name="TRow"/> in the container.</summary>
    public void Add<TRow>(TRow row)
        where TRow : class
    {
        _rows.Add(row);
        _tables.TryAdd(typeof(TRow), TypedSideRowWriter<TRow>.Instance);
    }

    /// <summary>
    /// The batch this message is handled in; a detached one where there is none (MassTransit's test harness).
    /// </summary>
    public static BatchSession Of(PipeContext context) => context.GetOrAddPayload(() => new BatchSession());

    /// <summary>The record that is being handled; what is sent without a key of its own takes this one's.</summary>
    internal LogRecord? Inbound { get; set; }

    internal object? Sagas { get; init; }

    internal IReadOnlyList<OutgoingMessage> Sent => _sent;

    /// <summary>What was sent since it was last collected; only between two records.</summary>
    internal IReadOnlyList<OutgoingMessage> CollectSent()
    {
        var sent = _sent[_collected..];
        _collected = _sent.Count;
        return sent;
    }

    internal IReadOnlyList<ScheduledSend> Scheduled => _scheduled;

    internal IReadOnlyList<Guid> Cancelled => _cancelled;

    internal IEnumerable<(SideRowWriter Table, List<object> Rows)> RowsByTable() =>
        _tables.Count == 1
            ? [(_tables.Values.First(), _rows)]
            : _tables
                .Select(table => (table.Value, _rows.FindAll(row => row.GetType() == table.Key)))
                .Where(table => table.Item2.Count > 0);

    internal void Capture(OutgoingMessage message) => _sent.Add(message);

    internal void Schedule(ScheduledSend message) => _scheduled.Add(message);

    internal void Cancel(Guid token) => _cancelled.Add(token);

    /// <summary>Called before something outside the lists changes; <paramref name="undo"/> brings it back.</summary>
    internal void OnUndo(Action undo) => _undo.Add(undo);

    /// <summary>A point that a failed attempt goes back to.</summary>
    internal UndoPoint NewUndoPoint() => new(_rows.Count, _sent.Count, _scheduled.Count, _cancelled.Count, _undo.Count);

    internal void UndoTo(UndoPoint before)
    {
        for (var i = _undo.Count - 1; i >= before.Undo; i--)
            _undo[i]();
        Truncate(_undo, before.Undo);
        Truncate(_rows, before.Rows);
        Truncate(_sent, before.Sent);
        Truncate(_scheduled, before.Scheduled);
        Truncate(_cancelled, before.Cancelled);
    }

    private static void Truncate<T>(List<T> list, int count) => list.RemoveRange(count, list.Count - count);

    internal readonly record struct UndoPoint(int Rows, int Sent, int Scheduled, int Cancelled, int Undo);
}
