using System.Text.Json;

namespace EventSettlement.Payouts.Calls;

/// <summary>The fields of one result while it is read; each at most once, each of its own kind.</summary>
internal struct AnswerFields
{
    private const int MaxTransactionId = 200;
    private const int MaxText = 500;
    private AnswerStatus _status;
    private string? _transactionId,
        _code,
        _message,
        _currency,
        _strange;
    private decimal? _amount;
    private bool _broken;

    public void Read(ref Utf8JsonReader json)
    {
        if (json.ValueTextEquals("status"u8))
        {
            json.Read();
            _broken |= _status != AnswerStatus.Missing;
            _status = Status(ref json);
        }
        else if (json.ValueTextEquals("transactionId"u8))
            _transactionId = Text(ref json, forPeople: false);
        else if (json.ValueTextEquals("code"u8))
            _code = Text(ref json, forPeople: true);
        else if (json.ValueTextEquals("message"u8))
            _message = Text(ref json, forPeople: true);
        else if (json.ValueTextEquals("currency"u8))
            _currency = Text(ref json, forPeople: false);
        else if (json.ValueTextEquals("amount"u8))
            ReadAmount(ref json);
        else
        {
            json.Read();
            json.Skip();
        }
    }

    public readonly AnswerEntry Entry(PayoutItem item)
    {
        var unusable =
            _status == AnswerStatus.Credited
            && (
                string.IsNullOrEmpty(_transactionId)
                || _transactionId.Length > MaxTransactionId
                || _transactionId.Contains('\0', StringComparison.Ordinal)
            );
        if (_broken || unusable || _status is AnswerStatus.Missing or AnswerStatus.Unreadable)
            return new AnswerEntry(AnswerStatus.Unreadable, Message: _strange);
        var other =
            _amount is { } amount && amount != item.Amount || _currency is not null && _currency != item.Currency;
        return new AnswerEntry(_status, _transactionId, Short(_code, 100), Short(_message, MaxText), other);
    }

    /// <summary>Other people's text, as a table can hold it.</summary>
    internal static string? Short(string? text, int limit)
    {
        if (text is null)
            return null;
        if (text.Length > limit)
            text = text[..(char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit)];
        return text.Replace('\0', '\uFFFD');
    }

    private AnswerStatus Status(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.String)
        {
            json.Skip();
            return AnswerStatus.Unreadable;
        }

        if (json.ValueTextEquals("CREDITED"u8))
            return AnswerStatus.Credited;
        if (json.ValueTextEquals("REJECTED"u8))
            return AnswerStatus.Rejected;
        if (json.ValueTextEquals("FAILED"u8))
            return AnswerStatus.Failed;
        if (json.ValueTextEquals("UNKNOWN"u8))
            return AnswerStatus.Unknown;
        _strange =
            $"It answered with the status {Short(LenientText.Read(json), 50)}, which the contract does not have.";
        return AnswerStatus.Unreadable;
    }

    private string? Text(ref Utf8JsonReader json, bool forPeople)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String)
        {
            var text = LenientText.Read(json, out var isWhole);
            _broken |= !isWhole && !forPeople;
            return text;
        }

        _broken |= json.TokenType != JsonTokenType.Null;
        json.Skip();
        return null;
    }

    private void ReadAmount(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Number && json.TryGetDecimal(out var amount))
            _amount = amount;
        else if (json.TokenType != JsonTokenType.Null)
        {
            _broken = true;
            json.Skip();
        }
    }
}

/// <summary>The word of the downstream about one key.</summary>
internal enum AnswerStatus : byte
{
    Missing,
    Unreadable,
    Doubled,
    Credited,
    Rejected,
    Failed,
    Unknown,
}

/// <summary>What one answer said about one item.</summary>
/// <param name="OtherAmount">It echoed another amount or currency than we asked for.</param>
internal readonly record struct AnswerEntry(
    AnswerStatus Status,
    string? TransactionId = null,
    string? Code = null,
    string? Message = null,
    bool OtherAmount = false
);
