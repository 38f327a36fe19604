using System.Buffers.Text;
using System.Text.Json;

namespace EventSettlement.Payouts.Calls;

/// <summary>
/// Reads an answer and matches it to the items by key, never by position; the position is only where it looks first.
/// </summary>
internal ref struct AnswerBody
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];
    private readonly ReadOnlySpan<PayoutItem> _items;
    private readonly AnswerEntry[] _entries;
    private Dictionary<(Guid, int), int>? _places;
    private int _next;

    private AnswerBody(ReadOnlySpan<PayoutItem> items)
    {
        _items = items;
        _entries = new AnswerEntry[items.Length];
    }

    /// <summary>
    /// One entry an item, by the items' order. Null for a body that breaks off or is no answer: half an answer is none,
    /// what it said before it broke is asked again by key.
    /// </summary>
    public static AnswerEntry[]? Read(ReadOnlySpan<byte> body, ReadOnlySpan<PayoutItem> items)
    {
        var answer = new AnswerBody(items);
        try
        {
            // RFC 8259 lets a reader pass over a byte order mark.
            answer.ReadResults(body.StartsWith(ByteOrderMark) ? body[ByteOrderMark.Length..] : body);
            return answer._entries;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void ReadResults(ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body);
        var found = false;
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            throw new JsonException("not an object");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var results = json.ValueTextEquals("results"u8);
            json.Read();
            if (!results)
            {
                json.Skip();
                continue;
            }

            if (found || json.TokenType != JsonTokenType.StartArray)
                throw new JsonException("not one array of results");
            found = true;
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                ReadResult(ref json);
        }

        // Whatever stands behind the object makes this read throw.
        if (json.Read() || !found)
            throw new JsonException("no results");
    }

    private void ReadResult(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }

        var place = -1;
        var fields = default(AnswerFields);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("key"u8))
            {
                json.Read();
                place = Place(ref json);
            }
            else
            {
                fields.Read(ref json);
            }
        }

        if (place < 0)
            return;
        _entries[place] =
            _entries[place].Status == AnswerStatus.Missing
                ? fields.Entry(_items[place])
                : new AnswerEntry(AnswerStatus.Doubled);
    }

    private int Place(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.String || json.ValueSpan.Length > PayoutItem.MaxKeyLength)
        {
            json.Skip();
            return -1;
        }

        Span<byte> told = stackalloc byte[PayoutItem.MaxKeyLength];
        try
        {
            told = told[..json.CopyString(told)];
        }
        catch (InvalidOperationException)
        {
            // Broken characters are in no key of ours.
            return -1;
        }

        Span<byte> ours = stackalloc byte[PayoutItem.MaxKeyLength];
        if (_next < _items.Length && told.SequenceEqual(ours[.._items[_next].FormatKey(ours)]))
            return _next++;
        if (
            told.Length < 40
            || !Utf8Parser.TryParse(told, out Guid id, out var read, 'D')
            || read != 36
            || !Utf8Parser.TryParse(told[37..], out int no, out _)
            || !Places().TryGetValue((id, no), out var place)
            || !told.SequenceEqual(ours[.._items[place].FormatKey(ours)])
        )
            return -1;
        _next = place + 1;
        return place;
    }

    private Dictionary<(Guid, int), int> Places()
    {
        if (_places is null)
        {
            _places = new Dictionary<(Guid, int), int>(_items.Length);
            for (var i = 0; i < _items.Length; i++)
                _places[(_items[i].SettlementId, _items[i].No)] = i;
        }

        return _places;
    }
}
