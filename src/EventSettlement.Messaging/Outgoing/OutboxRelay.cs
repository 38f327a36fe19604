using System.Diagnostics;
using Confluent.Kafka;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Log.Kafka;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Messaging.Outgoing;

/// <summary>
/// Sends outbox rows to Kafka and deletes them once Kafka has answered: at least once, in the order of their ids within
/// a shard. There is no position to remember, because ids do not commit in order.
/// </summary>
public sealed class OutboxRelay(
    NpgsqlDataSource database,
    Wakeup wakeup,
    KafkaClients clients,
    ILogger<OutboxRelay> log
)
{
    private const int RowsOfShard = 500;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private const string Waiting = """
        SELECT o.shard, o.id, o.topic, o.msg_key, o.body, o.headers FROM unnest($1) AS s(shard)
        CROSS JOIN LATERAL (SELECT * FROM outbox w WHERE w.shard = s.shard ORDER BY w.id LIMIT $2) o
        """;

    public async Task Run(CancellationToken cancel)
    {
        var leases = new RelayLeases(database);
        await leases.CreateRows(cancel);
        using var woken = wakeup.Subscribe([OutboxWriter.Signal]);
        using var producer = new KafkaProducer(clients);
        var held = new Dictionary<short, long>();
        long renewed = 0;
        try
        {
            while (!cancel.IsCancellationRequested)
            {
                var next = woken.Next;
                try
                {
                    if (renewed == 0 || Stopwatch.GetElapsedTime(renewed) > RenewEvery)
                        (renewed, held) = (Stopwatch.GetTimestamp(), await leases.RenewLeases(cancel));
                    if (!await Relay(leases, producer, held, cancel))
                        await Wakeup.Subscription.Wait(next, Poll, cancel);
                }
                catch (Exception failure) when (failure is NpgsqlException or KafkaException or TimeoutException)
                {
                    log.LogWarning(failure, "The outbox could not be sent; tried again");
                    await Task.Delay(AfterFailure, cancel);
                }
            }
        }
        finally
        {
            await leases.Leave();
        }
    }

    private async Task<bool> Relay(
        RelayLeases leases,
        KafkaProducer producer,
        Dictionary<short, long> held,
        CancellationToken cancel
    )
    {
        var rows = await Read(held.Keys, cancel);
        if (rows.Count == 0)
            return false;
        await producer.Send(rows, cancel);
        CrashPoint.Hit(CrashPoints.OutboxSent);
        var deleted = await leases.Delete(rows, held, cancel);
        CrashPoint.Hit(CrashPoints.OutboxMarked);
        if (deleted < rows.Count)
            MessagingMeter.Resent.Add(rows.Count - deleted);
        return true;
    }

    private async Task<List<OutboxRow>> Read(IEnumerable<short> shards, CancellationToken cancel)
    {
        var rows = new List<OutboxRow>();
        await using var command = database.CreateCommand(Waiting);
        command.Parameters.Add(
            new() { Value = shards.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint }
        );
        command.Parameters.Add(new() { Value = RowsOfShard });
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            rows.Add(
                new OutboxRow(
                    row.GetInt16(0),
                    row.GetInt64(1),
                    row.GetString(2),
                    row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3),
                    row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4),
                    row.GetString(5)
                )
            );
        rows.Sort((one, other) => one.Id.CompareTo(other.Id));
        return rows;
    }
}
