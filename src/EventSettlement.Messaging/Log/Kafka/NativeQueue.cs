using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace EventSettlement.Messaging.Log.Kafka;

/// <summary>
/// The consumer's queue as librdkafka has it, read in batches: <see cref="IConsumer{TKey,TValue}.Consume(int)"/> makes
/// five objects a record, which is more than folding one costs. Rebalances and errors are served inside a read, on the
/// caller's thread, as they are in Consume.
/// </summary>
internal sealed partial class NativeQueue : IDisposable
{
    private const string Library = "librdkafka";
    private readonly SafeHandle _client;
    private readonly nint _queue;

    // The client has chosen among several builds for this system; ours must be the very one that it has loaded.
    static NativeQueue() =>
        NativeLibrary.SetDllImportResolver(
            typeof(NativeQueue).Assembly,
            (name, assembly, path) =>
                name == Library && Loaded() is { } loaded
                    ? NativeLibrary.Load(loaded)
                    : NativeLibrary.Load(name, assembly, path)
        );

    public NativeQueue(IConsumer<byte[], byte[]> consumer)
    {
        var handle = typeof(Handle).GetProperty("LibrdkafkaHandle", BindingFlags.Instance | BindingFlags.NonPublic);
        _client =
            handle?.GetValue(consumer.Handle) as SafeHandle
            ?? throw new InvalidOperationException("This version of Confluent.Kafka does not show librdkafka's handle");
        _queue = GetConsumerQueue(_client);
        if (_queue == 0)
            throw new InvalidOperationException("The Kafka client is no consumer");
    }

    /// <returns>How many messages stand in the array; each must be destroyed.</returns>
    public int Read(nint[] messages, TimeSpan wait) =>
        (int)Math.Max(0, ConsumeBatch(_queue, (int)wait.TotalMilliseconds, messages, messages.Length));

    public static string TopicOf(nint topic) => Marshal.PtrToStringUTF8(TopicName(topic))!;

    /// <returns>Microseconds since 1970 UTC.</returns>
    public static long AppendedAt(nint message) => MessageTimestamp(message, out _) * 1000;

    public static List<(string Name, byte[]? Value)> Headers(nint message)
    {
        var found = new List<(string, byte[]?)>();
        if (MessageHeaders(message, out var headers) != 0)
            return found;
        for (nint i = 0; HeaderAt(headers, i, out var name, out var value, out var length) == 0; i++)
            found.Add((Marshal.PtrToStringUTF8(name)!, Bytes(value, length)));
        return found;
    }

    public static unsafe byte[]? Bytes(nint at, nint length) =>
        at == 0 ? null : new ReadOnlySpan<byte>((void*)at, (int)length).ToArray();

    public static void Destroy(nint message) => MessageDestroy(message);

    public void Dispose() => QueueDestroy(_queue);

    private static string? Loaded()
    {
        using var self = Process.GetCurrentProcess();
        return self
            .Modules.Cast<ProcessModule>()
            .Select(module => module.FileName)
            .FirstOrDefault(file => Path.GetFileName(file).Contains("librdkafka", StringComparison.Ordinal));
    }

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_get_consumer")]
    private static partial nint GetConsumerQueue(SafeHandle client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_queue_destroy")]
    private static partial void QueueDestroy(nint queue);

    [LibraryImport(Library, EntryPoint = "rd_kafka_consume_batch_queue")]
    private static partial nint ConsumeBatch(nint queue, int timeoutMs, [Out] nint[] messages, nint size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_message_destroy")]
    [SuppressGCTransition]
    private static partial void MessageDestroy(nint message);

    [LibraryImport(Library, EntryPoint = "rd_kafka_message_timestamp")]
    [SuppressGCTransition]
    private static partial long MessageTimestamp(nint message, out int kind);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_name")]
    private static partial nint TopicName(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_message_headers")]
    private static partial int MessageHeaders(nint message, out nint headers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_header_get_all")]
    private static partial int HeaderAt(nint headers, nint index, out nint name, out nint value, out nint length);
}

/// <summary>librdkafka's <c>rd_kafka_message_t</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeMessage
{
    public int Error;
    public nint Topic;
    public int Partition;
    public nint Payload;
    public nint Length;
    public nint Key;
    public nint KeyLength;
    public long Offset;
    public nint Private;
}
