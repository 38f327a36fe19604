using System.IO.Hashing;
using System.Text;

namespace EventSettlement.Views.Intake;

/// <summary>Ids of a batch by number: a number for the same bytes is the same, and costs no object.</summary>
internal sealed class IdTable
{
    private int[] _places = NewPlaces(1 << 14);
    private (int Start, int Length, ulong Hash)[] _ids = new (int, int, ulong)[1 << 12];
    private byte[] _bytes = new byte[1 << 16];
    private int _used;

    public int Count { get; private set; }

    public int NumberOf(ReadOnlySpan<byte> id)
    {
        var hash = XxHash3.HashToUInt64(id);
        var mask = _places.Length - 1;
        var at = (int)(hash & (ulong)mask);
        for (; _places[at] >= 0; at = (at + 1) & mask)
        {
            var (start, length, known) = _ids[_places[at]];
            if (known == hash && _bytes.AsSpan(start, length).SequenceEqual(id))
                return _places[at];
        }

        return Add(id, hash, at);
    }

    public ReadOnlySpan<byte> Bytes(int number) => _bytes.AsSpan(_ids[number].Start, _ids[number].Length);

    public string Text(int number) => Encoding.UTF8.GetString(Bytes(number));

    public void Clear()
    {
        Array.Fill(_places, -1);
        (Count, _used) = (0, 0);
    }

    private int Add(ReadOnlySpan<byte> id, ulong hash, int at)
    {
        if (_used + id.Length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + id.Length));
        if (Count == _ids.Length)
            Array.Resize(ref _ids, _ids.Length * 2);
        id.CopyTo(_bytes.AsSpan(_used));
        _ids[Count] = (_used, id.Length, hash);
        _used += id.Length;
        _places[at] = Count++;
        if (Count * 2 > _places.Length)
            Grow();
        return Count - 1;
    }

    private void Grow()
    {
        _places = NewPlaces(_places.Length * 2);
        var mask = _places.Length - 1;
        for (var number = 0; number < Count; number++)
        {
            var at = (int)(_ids[number].Hash & (ulong)mask);
            while (_places[at] >= 0)
                at = (at + 1) & mask;
            _places[at] = number;
        }
    }

    private static int[] NewPlaces(int places)
    {
        var made = new int[places];
        Array.Fill(made, -1);
        return made;
    }
}
