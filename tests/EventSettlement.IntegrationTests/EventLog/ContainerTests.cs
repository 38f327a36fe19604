using EventSettlement.IntegrationTests.EventLog.World;

namespace EventSettlement.IntegrationTests.EventLog;

/// <summary>The core on servers that nobody installed.</summary>
public sealed class OrderOnPostgresInContainerTests : OrderTests<OnPostgresInContainer>;

public sealed class OrderOnKafkaInContainerTests : OrderTests<OnKafkaInContainer>;
