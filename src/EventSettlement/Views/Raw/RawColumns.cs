using System.Buffers.Binary;
using EventSettlement.Views.Seen;

namespace EventSettlement.Views.Raw;

/// <summary>Bytes that grow; numbers stand as BinaryReader's 7-bit encoded ones.</summary>
internal sealed class RawColumns(int likely)
{
    private const int LongestNumber = 10;
    private byte[] _bytes = new byte[Math.Max(likely, 1024)];
    private int _used;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _used);

    public void Number(long value)
    {
        Room(LongestNumber);
        var rest = unchecked((ulong)value);
        for (; rest >= 0x80; rest >>= 7)
            _bytes[_used++] = unchecked((byte)(rest | 0x80));
        _bytes[_used++] = (byte)rest;
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Room(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_used));
        _used += bytes.Length;
    }

    public void Identity(ViewIdentity view)
    {
        Room(SeenBlock.BytesAView);
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(_used), view.Key);
        _bytes[_used + sizeof(ulong)] = view.More;
        _used += SeenBlock.BytesAView;
    }

    private void Room(int more)
    {
        if (_used + more > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + more));
    }
}
