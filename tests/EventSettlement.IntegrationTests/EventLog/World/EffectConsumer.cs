using System.Text;
using EventSettlement.Messaging.Batches;
using Npgsql;

namespace EventSettlement.IntegrationTests.EventLog.World;

/// <summary>
/// One row an effect: the body's text, in the batch's transaction. A second effect would be a second row.
/// </summary>
public sealed class EffectConsumer(string name, Func<string, string>? handle = null) : IBatchConsumer
{
    private const string Insert = "INSERT INTO effect (id, by) SELECT id, $2 FROM unnest($1) AS id";

    /// <summary>Awaited with the batch in hand, before its transaction.</summary>
    public Func<Task> BeforeComplete { get; init; } = () => Task.CompletedTask;

    public async Task Consume(OwnedBatch batch, CancellationToken cancel)
    {
        var ids = batch
            .Records.Select(record => Encoding.UTF8.GetString(record.Body ?? []))
            .Select(handle ?? (id => id))
            .ToArray();
        await BeforeComplete();
        var command = new NpgsqlBatchCommand(Insert);
        command.Parameters.Add(new() { Value = ids });
        command.Parameters.Add(new() { Value = name });
        var writes = new QueuedWrites();
        writes.Execute(command, ids.Length);
        await batch.Complete(writes, cancel);
    }
}
