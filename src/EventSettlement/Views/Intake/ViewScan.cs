using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace EventSettlement.Views.Intake;

/// <summary>
/// A view's fields where they lie in the bytes, for bodies of the usual shape: the fields of the contract, each at most
/// once, ids without escapes, a time with seconds. What is read here is right by every rule of a body and its fields;
/// anything else is not read at all, and <see cref="ViewFactDecoder"/> judges it.
/// </summary>
internal ref struct ViewScan
{
    // A body of the usual shape is far shorter; what is longer is looked at by the strict reader.
    private const int LongestBody = 1000;
    private const int MostCharacters = 64;
    private const long SecondsADay = 86_400;
    private const int All = 0b101_1111;
    private readonly ReadOnlySpan<byte> _body;
    private int _at;
    private int _seen;
    private bool _foreign;

    private ViewScan(ReadOnlySpan<byte> body) => _body = body;

    public ReadOnlySpan<byte> ViewId { get; private set; }

    public ReadOnlySpan<byte> ContentId { get; private set; }

    public ReadOnlySpan<byte> MemberId { get; private set; }

    /// <summary>Empty = without an ad.</summary>
    public ReadOnlySpan<byte> AdId { get; private set; }

    public int WatchedSeconds { get; private set; }

    public bool Completed { get; private set; }

    /// <summary>Microseconds since 1970 UTC; from 2000 on.</summary>
    public long ViewedAt { get; private set; }

    public static bool TryRead(ReadOnlySpan<byte> body, out ViewScan view)
    {
        view = new ViewScan(body);
        return body.Length <= LongestBody && view.Object() && (!view._foreign || Utf8.IsValid(body));
    }

    private bool Object()
    {
        if (!Sign((byte)'{'))
            return false;
        do
        {
            if (!Field())
                return false;
        } while (Sign((byte)','));
        return Sign((byte)'}') && _at == _body.Length && (_seen & All) == All;
    }

    private bool Field()
    {
        if (!Text(out var name) || !Sign((byte)':'))
            return false;
        var field = name switch
        {
            [(byte)'v', .., (byte)'d'] when name.SequenceEqual("viewId"u8) => 0,
            [(byte)'m', ..] when name.SequenceEqual("memberId"u8) => 1,
            [(byte)'c', (byte)'o', (byte)'n', ..] when name.SequenceEqual("contentId"u8) => 2,
            [(byte)'w', ..] when name.SequenceEqual("watchedSeconds"u8) => 3,
            [(byte)'c', ..] when name.SequenceEqual("completed"u8) => 4,
            [(byte)'a', ..] when name.SequenceEqual("adId"u8) => 5,
            [(byte)'v', ..] when name.SequenceEqual("viewedAt"u8) => 6,
            _ => -1,
        };
        if (field < 0 || (_seen & (1 << field)) != 0)
            return false;
        _seen |= 1 << field;
        return field switch
        {
            0 => Id(out var id) && Keep(ViewId = id),
            1 => Id(out var id) && Keep(MemberId = id),
            2 => Id(out var id) && Keep(ContentId = id),
            3 => Seconds(),
            4 => Flag(),
            5 => Word("null"u8) || (Id(out var id) && Keep(AdId = id)),
            _ => Time(),
        };
    }

    private static bool Keep(ReadOnlySpan<byte> id) => id.Length > 0;

    private bool Id(out ReadOnlySpan<byte> id) =>
        Peek() == '"' ? Text(out id) && id.Length > 0 : Number(out id, digits: 15);

    /// <summary>Text without escapes and control characters, of at most 64 code points.</summary>
    private bool Text(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!Sign((byte)'"'))
            return false;
        var start = _at;
        var characters = 0;
        for (; _at < _body.Length; _at++)
        {
            var one = _body[_at];
            if (one == '"')
            {
                text = _body[start.._at];
                _at++;
                return characters <= MostCharacters;
            }

            // 0xC2 may begin a control character of U+0080 to U+009F.
            if (one is < 0x20 or (byte)'\\' or 0x7F or 0xC2)
                return false;
            if ((one & 0xC0) != 0x80)
                characters++;
            if (one >= 0x80)
                _foreign = true;
        }

        return false;
    }

    /// <summary>A whole number that is not negative; never with a leading zero, which is no JSON.</summary>
    private bool Number(out ReadOnlySpan<byte> number, int digits)
    {
        Space();
        var start = _at;
        while (_at < _body.Length && _body[_at] is >= (byte)'0' and <= (byte)'9')
            _at++;
        number = _body[start.._at];
        return number.Length > 0
            && number.Length <= digits
            && (number.Length == 1 || number[0] != '0')
            && _at < _body.Length
            && _body[_at] is (byte)',' or (byte)'}' or (byte)' ';
    }

    private bool Seconds()
    {
        if (!Number(out var number, digits: 5))
            return false;
        var seconds = 0;
        foreach (var digit in number)
            seconds = (seconds * 10) + digit - '0';
        WatchedSeconds = seconds;
        return seconds <= ViewFactDecoder.MaxWatchedSeconds;
    }

    private bool Flag()
    {
        Completed = Word("true"u8);
        return Completed || Word("false"u8);
    }

    private bool Word(ReadOnlySpan<byte> word)
    {
        Space();
        if (!_body[_at..].StartsWith(word))
            return false;
        _at += word.Length;
        return true;
    }

    /// <summary>2026-11-20T10:11:12, a fraction or none, and Z or an offset such as +09:00.</summary>
    private bool Time()
    {
        if (!Text(out var text) || text.Length < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T')
            return false;
        if (text[13] != ':' || text[16] != ':')
            return false;
        if (!Two(text, 0, out var century) || !Two(text, 2, out var year) || !Two(text, 5, out var month))
            return false;
        if (!Two(text, 8, out var day) || !Two(text, 11, out var hour) || !Two(text, 14, out var minute))
            return false;
        if (!Two(text, 17, out var second) || !Fraction(text[19..], out var microseconds, out var offset))
            return false;
        year += century * 100;
        if (year is < 2001 or > 9998 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        if (hour > 23 || minute > 59 || second > 59)
            return false;
        var seconds = (DayOf(year, month, day) * SecondsADay) + (hour * 3600) + (minute * 60) + second - (offset * 60);
        ViewedAt = (seconds * 1_000_000) + microseconds;
        return true;
    }

    private static bool Fraction(ReadOnlySpan<byte> rest, out int microseconds, out int offsetMinutes)
    {
        (microseconds, offsetMinutes) = (0, 0);
        if (rest[0] == '.')
        {
            var end = 1;
            for (var unit = 100_000; end < rest.Length && rest[end] is >= (byte)'0' and <= (byte)'9'; end++, unit /= 10)
                microseconds += (rest[end] - '0') * unit;
            if (end == 1 || end == rest.Length)
                return false;
            rest = rest[end..];
        }

        if (rest is [(byte)'Z'])
            return true;
        if (rest.Length != 6 || rest[0] is not ((byte)'+' or (byte)'-') || rest[3] != ':')
            return false;
        if (!Two(rest, 1, out var hours) || !Two(rest, 4, out var minutes) || minutes > 59)
            return false;
        offsetMinutes = (hours * 60) + minutes;
        if (offsetMinutes > 14 * 60)
            return false;
        if (rest[0] == '-')
            offsetMinutes = -offsetMinutes;
        return true;
    }

    /// <summary>Days since 1970 of a date of the Gregorian calendar, years counted from March.</summary>
    private static long DayOf(int year, int month, int day)
    {
        if (month <= 2)
            (year, month) = (year - 1, month + 12);
        return (365L * year) + (year / 4) - (year / 100) + (year / 400) + (((153 * month) - 457) / 5) + day - 719_469;
    }

    private static bool Two(ReadOnlySpan<byte> text, int at, out int number)
    {
        int tens = text[at] - '0',
            ones = text[at + 1] - '0';
        number = (tens * 10) + ones;
        return tens is >= 0 and <= 9 && ones is >= 0 and <= 9;
    }

    private int Peek()
    {
        Space();
        return _at < _body.Length ? _body[_at] : -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Sign(byte sign)
    {
        Space();
        if (_at >= _body.Length || _body[_at] != sign)
            return false;
        _at++;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Space()
    {
        while (_at < _body.Length && _body[_at] == ' ')
            _at++;
    }
}
