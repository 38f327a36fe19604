using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace EventSettlement.Contracts;

/// <summary>
/// Programme + subject + period name one settlement for ever: asking twice gives the same id (UUIDv5).
/// </summary>
public static class SettlementId
{
    /// <summary>Fixed for the life of the product; a change would pay everybody again.</summary>
    public static readonly Guid Namespace = new("6f0d1d3e-5b1c-5c5e-9c55-2f8a4c9f3b10");

    public static Guid For(string programme, string subject, string period)
    {
        var name = Encoding.UTF8.GetBytes(
            JsonSerializer.Serialize([programme, subject, period], ContractsJson.Default.StringArray)
        );
        Span<byte> input = stackalloc byte[16 + name.Length];
        Namespace.TryWriteBytes(input, bigEndian: true, out _);
        name.CopyTo(input[16..]);
        Span<byte> hash = stackalloc byte[20];
        SHA1.HashData(input, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>
    /// The key an item is paid under: settlement, number and generation, nothing that changes between attempts.
    /// </summary>
    public static string ItemKey(Guid settlementId, int no, int generation = 1) =>
        $"{settlementId:D}-{no}:{generation}";
}
