using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.Messaging.Log.Kafka;

namespace EventSettlement.IntegrationTests.EventLog;

/// <summary>
/// A broker that stood still for longer than its session answers a moment later that the cluster has no broker at all.
/// librdkafka 2.16 ends the process by an assertion when that is the answer to a question about the cluster.
/// </summary>
public sealed class ClusterWithoutBrokersTests
{
    [Fact]
    public async Task The_program_outlives_a_cluster_that_has_no_brokers_for_a_moment()
    {
        using var cluster = new ClusterWithoutBrokers();
        await using var log = new KafkaEventLog(new KafkaClients(cluster.Bootstrap, new KafkaSecurity()));

        await IsWithoutLeader(log);
        cluster.CountOut();
        await IsWithoutLeader(log);
    }

    private static async Task IsWithoutLeader(KafkaEventLog log)
    {
        var failure = await Assert.ThrowsAsync<DescribeTopicsException>(() =>
            log.ReadIdentity("facts", CancellationToken.None)
        );
        Assert.Equal(ErrorCode.LeaderNotAvailable, failure.Results.TopicDescriptions.Single().Error.Code);
    }
}
