using System.Text;
using EventSettlement.Messaging.Batches;
using Npgsql;

namespace EventSettlement.KillTarget;

/// <summary>One effect row a message, in one round trip with the offset.</summary>
internal sealed class CountingConsumer : IBatchConsumer
{
    private const string Effects =
        "INSERT INTO effect (id, stage, source) SELECT id, 'out', source FROM unnest($1, $2) AS w(id, source)";

    public Task Consume(OwnedBatch batch, CancellationToken cancel)
    {
        var command = new NpgsqlBatchCommand(Effects);
        command.Parameters.Add(
            new() { Value = batch.Records.Select(record => Encoding.UTF8.GetString(record.Body!)).ToArray() }
        );
        command.Parameters.Add(
            new() { Value = batch.Records.Select(record => $"{record.Source}@{record.Offset}").ToArray() }
        );
        var writes = new QueuedWrites();
        writes.Execute(command, batch.Records.Count);
        return batch.Complete(writes, cancel);
    }
}
