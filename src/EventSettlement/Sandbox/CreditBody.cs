using System.Buffers;
using System.Text.Json;

namespace EventSettlement.Sandbox;

/// <summary>Requests in and answers out, as UTF-8.</summary>
internal static class CreditBody
{
    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };

    /// <exception cref="JsonException">Not a request of the contract.</exception>
    public static List<CreditRequest> ReadCredits(ReadOnlySequence<byte> body)
    {
        var credits = new List<CreditRequest>(500);
        var json = new Utf8JsonReader(body);
        EnterArray(ref json, "credits"u8);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            credits.Add(ReadCredit(ref json));
        End(ref json);
        return credits;
    }

    /// <exception cref="JsonException">Not a request of the contract.</exception>
    public static List<string> ReadKeys(ReadOnlySequence<byte> body)
    {
        var keys = new List<string>(500);
        var json = new Utf8JsonReader(body);
        EnterArray(ref json, "keys"u8);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            keys.Add(Text(ref json));
        End(ref json);
        return keys;
    }

    public static void Write(IBufferWriter<byte> target, IReadOnlyList<CreditResult> results)
    {
        using var json = new Utf8JsonWriter(target, Options);
        json.WriteStartObject();
        json.WriteStartArray("results"u8);
        foreach (var result in results)
        {
            json.WriteStartObject();
            json.WriteString("key"u8, result.Key);
            json.WriteString("status"u8, result.Status);
            if (result.TransactionId is not null)
                json.WriteString("transactionId"u8, result.TransactionId);
            if (result.Code is not null)
                json.WriteString("code"u8, result.Code);
            if (result.Message is not null)
                json.WriteString("message"u8, result.Message);
            if (result.Amount is { } amount)
                json.WriteNumber("amount"u8, amount);
            if (result.Currency is not null)
                json.WriteString("currency"u8, result.Currency);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void EnterArray(ref Utf8JsonReader json, ReadOnlySpan<byte> name)
    {
        if (
            !json.Read()
            || json.TokenType != JsonTokenType.StartObject
            || !json.Read()
            || json.TokenType != JsonTokenType.PropertyName
            || !json.ValueTextEquals(name)
            || !json.Read()
            || json.TokenType != JsonTokenType.StartArray
        )
            throw new JsonException("an object with one array was expected");
    }

    /// <summary>Fields behind the array are read over; the reader throws where the one object does not end.</summary>
    private static void End(ref Utf8JsonReader json)
    {
        while (json.Read())
            continue;
    }

    private static CreditRequest ReadCredit(ref Utf8JsonReader json)
    {
        string? key = null,
            member = null,
            currency = null,
            reference = null;
        long? amount = null;
        if (json.TokenType != JsonTokenType.StartObject)
            throw new JsonException("a credit is an object");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("key"u8))
                key = Next(ref json);
            else if (json.ValueTextEquals("memberId"u8))
                member = Next(ref json);
            else if (json.ValueTextEquals("currency"u8))
                currency = string.Intern(Next(ref json));
            else if (json.ValueTextEquals("reference"u8))
                reference = Next(ref json);
            else if (json.ValueTextEquals("amount"u8))
            {
                json.Read();
                amount =
                    json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var told) && told >= 0
                        ? told
                        : throw new JsonException("amount is a whole number of minor units");
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        return new CreditRequest(
            key ?? throw new JsonException("key is missing"),
            member ?? throw new JsonException("memberId is missing"),
            amount ?? throw new JsonException("amount is missing"),
            currency ?? throw new JsonException("currency is missing"),
            reference
        );
    }

    private static string Next(ref Utf8JsonReader json)
    {
        json.Read();
        return Text(ref json);
    }

    private static string Text(ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.String ? json.GetString()! : throw new JsonException("text was expected");
}
