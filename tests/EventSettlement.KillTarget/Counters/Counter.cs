using MassTransit;

namespace EventSettlement.KillTarget.Counters;

/// <summary>A saga small enough to see everything that the endpoint does to it.</summary>
public sealed class Counter : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }
    public int Version { get; set; }
    public string State { get; set; } = "Initial";
    public int Count { get; set; }
    public string? Note { get; set; }
    public Guid? Timer { get; set; }
}

/// <param name="Mode">What the machine does besides counting, such as <c>fail</c>; null = nothing.</param>
public sealed record Bump(Guid Id, string? Mode = null);

public sealed record Bumped(Guid Id, int Count);

/// <summary>Names a command: its id must not pass for the key.</summary>
public sealed record Order(Guid Id, Guid CommandId);

public sealed record CounterDue(Guid Id);

public sealed record CounterRow(Guid Id, int Count);

public sealed class Attempts
{
    public int Made { get; set; }
}
