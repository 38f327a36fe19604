using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EventSettlement.StudyRefunds.Facts;

/// <summary>
/// SHA-256 over the content in one canonical form: instant, amounts, participants in ordinal order. Lengths stand
/// before texts, so that no two contents share a form. Stored for ever: another form needs another first line.
/// </summary>
internal static class StudyDigest
{
    public static byte[] Of(StudyFact fact)
    {
        var form = new ArrayBufferWriter<byte>(256 + (fact.Members.Length * 24));
        Text(form, "study-completed/1");
        Text(form, fact.StudyId);
        Number(form, fact.CompletedAt.Ticks / TimeSpan.TicksPerMicrosecond);
        Text(form, fact.Currency);
        Number(form, fact.Deposit);
        Number(form, fact.Penalty);
        Number(form, fact.Members.Length);
        for (var i = 0; i < fact.Members.Length; i++)
        {
            Text(form, fact.Members[i]);
            Number(form, fact.Absences[i]);
        }

        return SHA256.HashData(form.WrittenSpan);
    }

    private static void Text(ArrayBufferWriter<byte> form, string text)
    {
        Number(form, Encoding.UTF8.GetByteCount(text));
        form.Advance(Encoding.UTF8.GetBytes(text, form.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
    }

    private static void Number(ArrayBufferWriter<byte> form, long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(form.GetSpan(8), number);
        form.Advance(8);
    }
}
