namespace EventSettlement.Messaging.Log;

/// <summary>FNV-1a with a final mix. Stored choices (partition, shard) rest on it: it never changes.</summary>
public static class StableHash
{
    public static uint Compute(ReadOnlySpan<byte> key)
    {
        unchecked
        {
            var hash = 2166136261u;
            foreach (var one in key)
                hash = (hash ^ one) * 16777619u;
            hash ^= hash >> 16;
            hash *= 0x85ebca6b;
            hash ^= hash >> 13;
            hash *= 0xc2b2ae35;
            return hash ^ (hash >> 16);
        }
    }
}
