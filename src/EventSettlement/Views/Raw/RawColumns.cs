using System.Buffers.Binary;
using EventSettlement.Views.Seen;

namespace EventSettlement.Views.Raw;

/// <summary>Writes columns to a stream; numbers stand as BinaryReader's 7-bit encoded ones.</summary>
internal sealed class RawColumns(Stream to) : IDisposable
{
    private const int LongestNumber = 10;
    private readonly byte[] _bytes = new byte[1 << 16];
    private int _used;

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

    public void Dispose() => Flush();

    private void Room(int more)
    {
        if (_used + more > _bytes.Length)
            Flush();
    }

    private void Flush()
    {
        to.Write(_bytes, 0, _used);
        _used = 0;
    }
}
