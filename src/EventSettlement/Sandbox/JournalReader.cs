using System.Globalization;
using System.Text.Json;

namespace EventSettlement.Sandbox;

/// <summary>Reads a journal back.</summary>
internal static class JournalReader
{
    /// <summary>Answers the length of the whole lines.</summary>
    public static long Read(Stream file, Action<string, Credit> found)
    {
        file.Position = 0;
        var buffer = new byte[1 << 16];
        var filled = 0;
        long whole = 0;
        while (true)
        {
            var read = file.Read(buffer, filled, buffer.Length - filled);
            if (read == 0)
                return whole;
            filled += read;
            var start = 0;
            for (int end; (end = buffer.AsSpan(start, filled - start).IndexOf((byte)'\n')) >= 0; start += end + 1)
            {
                ReadLine(buffer.AsSpan(start, end), found);
                whole += end + 1;
            }

            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (filled == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
        }
    }

    private static void ReadLine(ReadOnlySpan<byte> line, Action<string, Credit> found)
    {
        string key = "",
            member = "",
            currency = "",
            transaction = "";
        long amount = 0;
        var json = new Utf8JsonReader(line);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            json.Read();
            switch (name)
            {
                case "key":
                    key = json.GetString()!;
                    break;
                case "memberId":
                    member = json.GetString()!;
                    break;
                case "currency":
                    currency = json.GetString()!;
                    break;
                case "transactionId":
                    transaction = json.GetString()!;
                    break;
                case "amount":
                    amount = json.GetInt64();
                    break;
            }
        }

        found(
            key,
            new Credit(
                member,
                amount,
                string.Intern(currency),
                long.Parse(transaction.AsSpan(3), CultureInfo.InvariantCulture)
            )
        );
    }
}
