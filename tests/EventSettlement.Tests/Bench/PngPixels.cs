using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using EventSettlement.Bench.Plots;

namespace EventSettlement.Tests.Bench;

/// <summary>A PNG file of 8 bits a colour without filters, read as the standard says; a wrong one throws.</summary>
internal sealed class PngPixels
{
    private byte[] _pixels = [];

    public int Width { get; private set; }

    public int Height { get; private set; }

    public Dictionary<string, string> Text { get; } = [];

    public Color this[int x, int y]
    {
        get
        {
            var at = (y * (1 + (Width * 3))) + 1 + (x * 3);
            return new Color(_pixels[at], _pixels[at + 1], _pixels[at + 2]);
        }
    }

    public static PngPixels Read(string path)
    {
        ReadOnlySpan<byte> file = File.ReadAllBytes(path);
        Assert.True(file[..8].SequenceEqual<byte>([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]));
        var (png, types) = (new PngPixels(), new List<string>());
        for (var at = 8; at < file.Length; )
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file[at..]);
            var named = file.Slice(at + 4, 4 + length);
            Assert.Equal(BinaryPrimitives.ReadUInt32BigEndian(file[(at + 8 + length)..]), Crc32.HashToUInt32(named));
            types.Add(Encoding.ASCII.GetString(named[..4]));
            png.Take(types[^1], named[4..].ToArray());
            at += 12 + length;
        }

        Assert.Equal(["IHDR", "tEXt", "IDAT", "IEND"], types);
        Assert.Equal(png.Height * (1 + (png.Width * 3)), png._pixels.Length);
        return png;
    }

    private void Take(string type, byte[] data)
    {
        switch (type)
        {
            case "IHDR":
                Width = BinaryPrimitives.ReadInt32BigEndian(data);
                Height = BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(4));
                Assert.Equal([8, 2, 0, 0, 0], data[8..]);
                break;
            case "tEXt":
                var parts = Encoding.Latin1.GetString(data).Split('\0');
                Text.Add(parts[0], parts[1]);
                break;
            case "IDAT":
                using (var zlib = new ZLibStream(new MemoryStream(data), CompressionMode.Decompress))
                using (var unpacked = new MemoryStream())
                {
                    zlib.CopyTo(unpacked);
                    _pixels = unpacked.ToArray();
                }

                break;
        }
    }
}
