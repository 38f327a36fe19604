using EventSettlement.Messaging.Log;

namespace EventSettlement.Messaging.Batches;

/// <summary>A partition as this process took it.</summary>
/// <param name="LogId">Identity of the log that the offsets count in.</param>
public sealed record Ownership(TopicPartition Source, long Epoch, long NextOffset, string LogId);

/// <summary>How far a group is in a partition.</summary>
/// <param name="Stopped">Why nothing is read; null when it is read.</param>
public sealed record StoredOffset(TopicPartition Source, long NextOffset, string? Stopped);
