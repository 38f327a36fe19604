using System.Globalization;
using System.Text;
using EventSettlement.Contracts;

namespace EventSettlement.Settlements.Saga;

/// <summary>
/// What the saga knows of one part: where its items stood at a revision, and whether an answer is awaited.
/// </summary>
public sealed record PartState(PartCounts Counts, int Revision, bool Open)
{
    private const int Fields = 12;

    /// <summary>
    /// One part a <c>;</c>, its numbers in the order of the record: small, and read without a JSON parser.
    /// </summary>
    public static string Write(IReadOnlyList<PartState> parts)
    {
        var text = new StringBuilder(parts.Count * 40);
        foreach (var (c, revision, open) in parts)
        {
            if (text.Length > 0)
                text.Append(';');
            text.Append(
                CultureInfo.InvariantCulture,
                $"{c.Pending},{c.Paid},{c.Failed},{c.Rejected},{c.InDoubt},{c.WrittenOff},{c.NeedsPerson},"
            );
            text.Append(
                CultureInfo.InvariantCulture,
                $"{c.Cancelled},{c.Amount},{c.PaidAmount},{revision},{(open ? 1 : 0)}"
            );
        }

        return text.ToString();
    }

    /// <summary>How much the saga has heard of all parts together, from the text of the column.</summary>
    public static long SumRevisions(string text) => Read(text).Sum(part => (long)part.Revision);

    public static PartState[] Read(string text)
    {
        if (text.Length == 0)
            return [];
        var parts = new PartState[text.AsSpan().Count(';') + 1];
        Span<long> n = stackalloc long[Fields];
        var at = 0;
        foreach (var range in text.AsSpan().Split(';'))
        {
            var field = 0;
            var part = text.AsSpan()[range];
            foreach (var number in part.Split(','))
                n[field++] = long.Parse(part[number], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            if (field != Fields)
                throw new FormatException($"a part has {Fields} numbers, not {field}");
            parts[at++] = new PartState(
                new PartCounts(
                    (int)n[0],
                    (int)n[1],
                    (int)n[2],
                    (int)n[3],
                    (int)n[4],
                    (int)n[5],
                    (int)n[6],
                    (int)n[7],
                    n[8],
                    n[9]
                ),
                (int)n[10],
                n[11] == 1
            );
        }

        return parts;
    }
}
