using System.Globalization;
using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Injection.Outside;

/// <summary>Appends bytes to the topic of facts past the product, as any other producer may.</summary>
internal static class LogWriter
{
    private const string AppendSql = """
        WITH topic AS (SELECT topic_id FROM log_topic WHERE topic = 'study-completed'),
             head AS (UPDATE log_head h SET next_offset = next_offset + 1 FROM topic
                      WHERE h.topic_id = topic.topic_id AND h.partition = $1
                      RETURNING h.topic_id, h.next_offset - 1 AS place)
        INSERT INTO event_log (topic_id, partition, "offset", msg_key, headers, body, appended_at)
        SELECT topic_id, $1, place, NULL, '', $2, clock() FROM head
        """;

    public static async Task Append(Scene scene, byte[] body, int partition)
    {
        if (scene.World.Kafka is null)
        {
            await scene.Execute(AppendSql, partition, body);
            return;
        }

        var file = Path.Combine(scene.World.Folder, "poison.bin");
        await File.WriteAllBytesAsync(file, body);
        await ChildProcess.Output(
            "kcat",
            [
                "-b",
                $"127.0.0.1:{scene.World.Kafka.Port}",
                "-P",
                "-t",
                "study-completed",
                "-p",
                partition.ToString(CultureInfo.InvariantCulture),
                "-X",
                "message.max.bytes=2000000",
                file,
            ]
        );
    }
}
