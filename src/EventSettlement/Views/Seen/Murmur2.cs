using System.Buffers.Binary;

namespace EventSettlement.Views.Seen;

/// <summary>The hash of Kafka's default partitioner (org.apache.kafka.common.utils.Utils.murmur2).</summary>
internal static class Murmur2
{
    public static uint Compute(ReadOnlySpan<byte> key)
    {
        const uint m = 0x5bd1e995;
        unchecked
        {
            var hash = 0x9747b28c ^ (uint)key.Length;
            for (; key.Length >= 4; key = key[4..])
            {
                var k = BinaryPrimitives.ReadUInt32LittleEndian(key) * m;
                k = (k ^ (k >> 24)) * m;
                hash = (hash * m) ^ k;
            }

            if (key.Length > 0)
            {
                for (var i = key.Length - 1; i >= 0; i--)
                    hash ^= (uint)key[i] << (8 * i);
                hash *= m;
            }

            hash = (hash ^ (hash >> 13)) * m;
            return hash ^ (hash >> 15);
        }
    }
}
