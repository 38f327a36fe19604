using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace EventSettlement.Messaging.Log;

/// <summary>
/// CRC-32C over key, body and headers: proves that the record before a stored offset is still the same one.
/// </summary>
public static class RecordCrc
{
    public static long Compute(LogRecord record)
    {
        var crc = Add(uint.MaxValue, record.Key);
        crc = Add(crc, record.Body);
        crc = Add(crc, Encoding.UTF8.GetBytes(record.Headers.Text));
        return ~crc;
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var one in bytes)
            crc = BitOperations.Crc32C(crc, one);
        return crc;
    }
}
