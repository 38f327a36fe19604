using System.Buffers.Text;

namespace EventSettlement.Payouts.Calls;

/// <summary>One claimed item on its way through a round of calls.</summary>
internal sealed class PayoutItem
{
    public const int MaxKeyLength = 64;

    public required Guid SettlementId { get; init; }
    public required int No { get; init; }
    public required string MemberId { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public required string Reason { get; init; }

    /// <summary>One for as long as nothing is paid anew after a reversal.</summary>
    public int Generation { get; init; } = 1;

    /// <summary>Place of its part in the round.</summary>
    public int PartIndex { get; init; }

    /// <summary>A call for it may still take effect: it is looked up before it is sent.</summary>
    public bool Doubtful { get; init; }

    /// <summary>How long ago the doubt began, by the database's clock.</summary>
    public TimeSpan DoubtAge { get; init; }

    /// <summary>A lookup told "not credited" after the quiet period: nothing of the past can still credit it.</summary>
    public bool DoubtEnded { get; set; }

    /// <summary>The downstream has told what it knows of the key.</summary>
    public bool LookedUp { get; set; }

    public ItemOutcome Outcome { get; set; }

    /// <summary>The wire key, as <see cref="Contracts.SettlementId.ItemKey"/> writes it; bytes written.</summary>
    public int FormatKey(Span<byte> target)
    {
        Utf8Formatter.TryFormat(SettlementId, target, out var written, 'D');
        target[written++] = (byte)'-';
        Utf8Formatter.TryFormat(No, target[written..], out var digits);
        written += digits;
        target[written++] = (byte)':';
        target[written++] = (byte)('0' + Generation);
        return written;
    }
}
