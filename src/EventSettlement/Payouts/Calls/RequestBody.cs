using System.Buffers;
using System.Text.Json;

namespace EventSettlement.Payouts.Calls;

/// <summary>Bodies of the calls, written straight as UTF-8.</summary>
internal static class RequestBody
{
    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };
    private static readonly JsonEncodedText Credits = JsonEncodedText.Encode("credits");
    private static readonly JsonEncodedText Keys = JsonEncodedText.Encode("keys");
    private static readonly JsonEncodedText Key = JsonEncodedText.Encode("key");
    private static readonly JsonEncodedText MemberId = JsonEncodedText.Encode("memberId");
    private static readonly JsonEncodedText Amount = JsonEncodedText.Encode("amount");
    private static readonly JsonEncodedText Currency = JsonEncodedText.Encode("currency");
    private static readonly JsonEncodedText Reason = JsonEncodedText.Encode("reason");
    private static readonly JsonEncodedText Reference = JsonEncodedText.Encode("reference");

    public static ReadOnlyMemory<byte> Pay(ReadOnlySpan<PayoutItem> items)
    {
        var buffer = new ArrayBufferWriter<byte>(items.Length * 256 + 32);
        using var json = new Utf8JsonWriter(buffer, Options);
        Span<byte> key = stackalloc byte[PayoutItem.MaxKeyLength];
        json.WriteStartObject();
        json.WriteStartArray(Credits);
        foreach (var item in items)
        {
            json.WriteStartObject();
            json.WriteString(Key, key[..item.FormatKey(key)]);
            json.WriteString(MemberId, item.MemberId);
            json.WriteNumber(Amount, item.Amount);
            json.WriteString(Currency, item.Currency);
            json.WriteString(Reason, item.Reason);
            json.WriteString(Reference, item.SettlementId);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    public static ReadOnlyMemory<byte> Lookup(ReadOnlySpan<PayoutItem> items)
    {
        var buffer = new ArrayBufferWriter<byte>(items.Length * 64 + 32);
        using var json = new Utf8JsonWriter(buffer, Options);
        Span<byte> key = stackalloc byte[PayoutItem.MaxKeyLength];
        json.WriteStartObject();
        json.WriteStartArray(Keys);
        foreach (var item in items)
            json.WriteStringValue(key[..item.FormatKey(key)]);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
