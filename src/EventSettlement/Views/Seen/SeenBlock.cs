using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace EventSettlement.Views.Seen;

/// <summary>Identities of a bucket and a day as they are stored: 8 bytes each, then 1 byte each.</summary>
internal static class SeenBlock
{
    public const int BytesAView = 9;

    public static byte[] Pack(ReadOnlySpan<ViewIdentity> views)
    {
        var block = new byte[views.Length * BytesAView];
        for (var i = 0; i < views.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(i * sizeof(ulong)), views[i].Key);
            block[(views.Length * sizeof(ulong)) + i] = views[i].More;
        }

        return block;
    }

    public static ViewIdentity At(ReadOnlySpan<byte> block, int index)
    {
        var views = block.Length / BytesAView;
        return new ViewIdentity(
            BinaryPrimitives.ReadUInt64LittleEndian(block[(index * sizeof(ulong))..]),
            block[(views * sizeof(ulong)) + index]
        );
    }

    /// <summary>Several blocks as one.</summary>
    public static byte[] Join(IReadOnlyList<byte[]> blocks)
    {
        var views = new List<ViewIdentity>(blocks.Sum(block => block.Length / BytesAView));
        foreach (var block in blocks)
            for (var i = 0; i < block.Length / BytesAView; i++)
                views.Add(At(block, i));
        return Pack(CollectionsMarshal.AsSpan(views));
    }
}
