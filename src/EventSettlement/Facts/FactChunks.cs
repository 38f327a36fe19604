using System.Runtime.CompilerServices;
using System.Text;

namespace EventSettlement.Facts;

/// <summary>A file cut into bodies of ≤ 1,000 lines and ≤ 1 MB; a chunk knows where its lines stood.</summary>
internal static class FactChunks
{
    public static async IAsyncEnumerable<(int Number, Chunk Chunk)> Read(
        string path,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var chunk = new Chunk();
        var number = 0;
        var line = 0;
        using var file = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        while (await file.ReadLineAsync(cancel) is { } text)
        {
            line++;
            if (string.IsNullOrWhiteSpace(text))
                continue;
            if (!chunk.Fits(text))
            {
                yield return (number++, chunk);
                chunk = new Chunk();
            }

            chunk.Add(line, text);
        }

        if (chunk.Lines.Count > 0)
            yield return (number, chunk);
    }

    /// <summary>One request's lines.</summary>
    internal sealed class Chunk
    {
        private readonly List<string> _texts = [];
        private int _length;

        /// <summary>Line numbers in the file, by place in the chunk.</summary>
        public List<int> Lines { get; } = [];

        public byte[] Bytes => Encoding.UTF8.GetBytes(string.Concat(_texts.Select(text => text + "\n")));

        public bool Fits(string text) =>
            Lines.Count == 0
            || (
                Lines.Count < FactLines.MaxLines && _length + Encoding.UTF8.GetByteCount(text) + 1 <= FactLines.MaxBytes
            );

        public void Add(int line, string text)
        {
            Lines.Add(line);
            _texts.Add(text);
            _length += Encoding.UTF8.GetByteCount(text) + 1;
        }

        public Chunk Without(IReadOnlySet<int> lines)
        {
            var rest = new Chunk();
            for (var i = 0; i < Lines.Count; i++)
                if (!lines.Contains(Lines[i]))
                    rest.Add(Lines[i], _texts[i]);
            return rest;
        }
    }
}
