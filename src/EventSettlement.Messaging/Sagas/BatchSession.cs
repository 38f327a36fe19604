using MassTransit;

namespace EventSettlement.Messaging.Sagas;

/// <summary>What one batch of saga messages has changed so far; all of it is written in one flush, or none.</summary>
public sealed class BatchSession
{
    private readonly List<object> _rows = [];

    /// <summary>The database's clock at the start of this batch: the only now that a saga knows.</summary>
    public DateTimeOffset Now { get; init; } = TimeProvider.System.GetUtcNow();

    /// <summary>Partition of the input, for lanes with one writer each.</summary>
    public int Partition { get; init; }

    public IReadOnlyList<object> Rows => _rows;

    /// <summary>Needs an <see cref="ISideTable{TRow}"/> for <typeparamref name="TRow"/> in the container.</summary>
    public void Add<TRow>(TRow row) where TRow : class => _rows.Add(row);

    /// <summary>The batch this message is handled in; a detached one where there is none (MassTransit's test harness).</summary>
    public static BatchSession Of(PipeContext context) => context.GetOrAddPayload(() => new BatchSession());
}
