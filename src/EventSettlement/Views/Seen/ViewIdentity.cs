using System.IO.Hashing;

namespace EventSettlement.Views.Seen;

/// <summary>
/// Which view it is: 72 bits of XxHash128 over the lengths and bytes of content and view id, beside the bucket that the
/// content alone decides. Stored blocks rest on it: it never changes. At a million views a day one of them is taken for
/// another's duplicate once in some hundred million years.
/// </summary>
internal readonly record struct ViewIdentity(ulong Key, byte More)
{
    /// <summary>Divisible by many numbers of partitions, so that on the fast way a bucket has one owner.</summary>
    public const int Buckets = 480;

    private const int LongestId = 256;

    public static ViewIdentity Of(ReadOnlySpan<byte> content, ReadOnlySpan<byte> view)
    {
        Span<byte> whole = stackalloc byte[(2 * LongestId) + 2];
        whole[0] = checked((byte)(content.Length - 1));
        whole[1] = checked((byte)(view.Length - 1));
        content.CopyTo(whole[2..]);
        view.CopyTo(whole[(2 + content.Length)..]);
        var hash = XxHash128.HashToUInt128(whole[..(2 + content.Length + view.Length)]);
        unchecked
        {
            var key = (ulong)hash;
            // 0 is a free place in a table.
            return new ViewIdentity(key == 0 ? 1 : key, (byte)(hash >> 64));
        }
    }

    /// <summary>
    /// Of Kafka's default partitioner (murmur2): with a number of partitions that divides the buckets, all records of a
    /// bucket that are keyed by their content stand in one partition.
    /// </summary>
    public static short BucketOf(ReadOnlySpan<byte> content) =>
        (short)((Murmur2.Compute(content) & 0x7FFF_FFFF) % Buckets);
}
