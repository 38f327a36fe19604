using System.Runtime.CompilerServices;

namespace EventSettlement.Facts;

/// <summary>
/// A file cut into bodies of ≤ 1,000 lines and ≤ 1 MB; a chunk knows where its lines stood. Bytes are cut at line ends
/// and not looked at: what a line holds is the intake's to judge, by its number.
/// </summary>
internal static class FactChunks
{
    private const int ReadAtOnce = 256 * 1024;
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <param name="lines">With their numbers in the file that a person has.</param>
    public static async IAsyncEnumerable<(int Number, Chunk Chunk)> Cut(
        IAsyncEnumerable<(int Number, byte[] Bytes)> lines,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var chunk = new Chunk();
        var number = 0;
        await foreach (var (line, bytes) in lines.WithCancellation(cancel))
        {
            if (bytes.AsSpan().Trim(" \t\r"u8).IsEmpty)
                continue;
            if (!chunk.Fits(bytes))
            {
                yield return (number++, chunk);
                chunk = new Chunk();
            }

            chunk.Add(line, bytes);
        }

        if (chunk.Lines.Count > 0)
            yield return (number, chunk);
    }

    public static async IAsyncEnumerable<(int Number, byte[] Bytes)> Lines(
        string path,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await using var file = File.OpenRead(path);
        await foreach (var line in Lines(file, cancel))
            yield return line;
    }

    /// <summary>Without their ends. Of one that is longer than any request the rest is left out.</summary>
    public static async IAsyncEnumerable<(int Number, byte[] Bytes)> Lines(
        Stream file,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var number = 0;
        var buffer = new byte[ReadAtOnce];
        var line = new MemoryStream();
        while (await file.ReadAsync(buffer, cancel) is > 0 and var read)
            for (var start = 0; start < read; )
            {
                var end = Array.IndexOf(buffer, (byte)'\n', start, read - start);
                var length = (end < 0 ? read : end) - start;
                line.Write(buffer, start, (int)Math.Min(length, FactLines.MaxBytes + 1 - line.Length));
                start += length + 1;
                if (end < 0)
                    continue;
                yield return (++number, Take(line, number == 1));
            }

        if (line.Length > 0)
            yield return (++number, Take(line, number == 1));
    }

    private static byte[] Take(MemoryStream line, bool isFirst)
    {
        var bytes = line.ToArray();
        line.SetLength(0);
        return isFirst && bytes.AsSpan().StartsWith(ByteOrderMark) ? bytes[ByteOrderMark.Length..] : bytes;
    }

    /// <summary>One request's lines.</summary>
    internal sealed class Chunk
    {
        private readonly List<byte[]> _lines = [];
        private int _length;

        /// <summary>Line numbers in the file, by place in the chunk.</summary>
        public List<int> Lines { get; } = [];

        public byte[] Bytes()
        {
            var body = new MemoryStream(_length);
            foreach (var line in _lines)
            {
                body.Write(line);
                body.WriteByte((byte)'\n');
            }

            return body.ToArray();
        }

        public bool Fits(byte[] line) =>
            Lines.Count == 0 || (Lines.Count < FactLines.MaxLines && _length + line.Length + 1 <= FactLines.MaxBytes);

        public void Add(int number, byte[] line)
        {
            Lines.Add(number);
            _lines.Add(line);
            _length += line.Length + 1;
        }

        public Chunk Without(IReadOnlySet<int> lines)
        {
            var rest = new Chunk();
            for (var i = 0; i < Lines.Count; i++)
                if (!lines.Contains(Lines[i]))
                    rest.Add(Lines[i], _lines[i]);
            return rest;
        }
    }
}
