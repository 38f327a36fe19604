namespace EventSettlement.Bench.ViewLogs;

/// <summary>What a worker is told to do, as one line of JSON; an empty line ends it.</summary>
/// <param name="Group">Consumer group that the workers share.</param>
/// <param name="KeepRaw">Whether raw logs are kept as well.</param>
/// <param name="Anew">The database was emptied: what the worker knows of earlier views is wrong.</param>
internal sealed record IntakeWork(string Broker, string Topic, string Group, string Database, bool KeepRaw, bool Anew);
