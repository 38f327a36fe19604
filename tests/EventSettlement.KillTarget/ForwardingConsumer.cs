using System.Text;
using EventSettlement.Messaging;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;

namespace EventSettlement.KillTarget;

/// <summary>
/// One effect row, one message onward and for every twentieth a timer, all in the batch's transaction.
/// </summary>
internal sealed class ForwardingConsumer(string next) : IBatchConsumer
{
    private const string Effects =
        "INSERT INTO effect (id, stage, source) SELECT id, 'in', source FROM unnest($1, $2) AS w(id, source)";

    private const string Timers = """
        INSERT INTO scheduled_message (token, due_at, topic, msg_key, body, headers)
        SELECT gen_random_uuid(), clock() + interval '300 ms', $2, id, convert_to('timer ' || id, 'UTF8'), ''
        FROM unnest($1) AS id
        """;

    public Task Consume(OwnedBatch batch, CancellationToken cancel)
    {
        var ids = batch.Records.Select(record => Encoding.UTF8.GetString(record.Body!)).ToArray();
        return batch.Complete(
            async owned =>
            {
                await using var effects = owned.Command(Effects);
                effects.Parameters.Add(new() { Value = ids });
                effects.Parameters.Add(
                    new() { Value = batch.Records.Select(record => $"{record.Source}@{record.Offset}").ToArray() }
                );
                await effects.ExecuteNonQueryAsync(cancel);
                await using var timers = owned.Command(Timers);
                timers.Parameters.Add(new() { Value = ids.Where(id => int.Parse(id) % 20 == 0).ToArray() });
                timers.Parameters.Add(new() { Value = next });
                await timers.ExecuteNonQueryAsync(cancel);
                foreach (var record in batch.Records)
                    owned.Send(
                        new OutgoingMessage(next, Encoding.UTF8.GetString(record.Body!), record.Body, HeaderMap.Empty)
                    );
                CrashPoint.Hit("K16");
            },
            cancel
        );
    }
}
