namespace EventSettlement.Messaging.Bulk;

/// <summary>Who handles one topic in bulk for one group; a group of its own.</summary>
public sealed record BulkBinding(string Group, string Topic, Func<IServiceProvider, IBulkConsumer> Create);
