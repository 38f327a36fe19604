namespace EventSettlement.Views.Seen;

/// <summary>
/// The known views of one bucket in memory: open addressing, 10 bytes a place. A day is kept as its last 8 bits; what
/// has expired is as good as absent and goes when the table is built anew.
/// </summary>
internal sealed class SeenTable
{
    private const int Least = 64;

    // Of 20 places; fuller tables are searched for long, emptier ones cost memory.
    private const int FullOf20 = 16;

    // Days that a view may lie ahead of today: viewedAt at most a day, and the clock between two looks.
    private const int Ahead = 3;
    private ulong[] _keys = new ulong[Least];
    private ushort[] _rest = new ushort[Least];
    private int _used;

    /// <summary>Bytes of memory.</summary>
    public long Bytes => _keys.LongLength * (sizeof(ulong) + sizeof(ushort));

    /// <summary>Places in use, expired ones with them.</summary>
    public int Used => _used;

    /// <param name="day">Days since 1970 from which the view is known for <paramref name="knownDays"/>.</param>
    /// <returns>False: it is known already, and stays as it is.</returns>
    public bool Add(ViewIdentity view, int day, int today, int knownDays)
    {
        if ((_used + 1) * 20L > _keys.Length * (long)FullOf20)
            Rebuild(today, knownDays);
        var (rest, at) = (Rest(view.More, day), Place(view.Key));
        while (_keys[at] != 0)
        {
            if (_keys[at] == view.Key && _rest[at] >> 8 == view.More)
            {
                if (IsKnown(_rest[at], today, knownDays))
                    return false;
                _rest[at] = rest;
                return true;
            }

            if (++at == _keys.Length)
                at = 0;
        }

        (_keys[at], _rest[at]) = (view.Key, rest);
        _used++;
        return true;
    }

    private void Rebuild(int today, int knownDays)
    {
        var (keys, rests) = (_keys, _rest);
        var known = 0;
        for (var i = 0; i < keys.Length; i++)
            if (keys[i] != 0 && IsKnown(rests[i], today, knownDays))
                known++;
        // Half as many again at most: all buckets grow at about the same time.
        var places = Math.Max(Least, checked((int)Math.Max(known * 20L / 13, known + Least)));
        (_keys, _rest, _used) = (new ulong[places], new ushort[places], known);
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i] == 0 || !IsKnown(rests[i], today, knownDays))
                continue;
            var at = Place(keys[i]);
            while (_keys[at] != 0)
                if (++at == _keys.Length)
                    at = 0;
            (_keys[at], _rest[at]) = (keys[i], rests[i]);
        }
    }

    private int Place(ulong key) => (int)Math.BigMul(key, (ulong)_keys.Length, out _);

    private static bool IsKnown(ushort rest, int today, int knownDays) =>
        ((today + Ahead - (rest & 0xFF)) & 0xFF) <= knownDays + Ahead;

    private static ushort Rest(byte more, int day) => (ushort)((more << 8) | (day & 0xFF));
}
