using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace EventSettlement.Bench.Plots;

/// <summary>
/// A picture as PNG (ISO/IEC 15948), 8 bits a colour, with its description as a text chunk. It needs no library of
/// graphics and no font of the machine, which a container does not have.
/// </summary>
internal static class PngFile
{
    private const int BytesAPixel = 3;
    private const byte White = 0xFF;
    private const byte EightBits = 8;
    private const byte TrueColor = 2;
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static void Write(Picture picture, string path)
    {
        using var file = File.Create(path);
        file.Write(Signature);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, picture.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), picture.Height);
        (header[8], header[9]) = (EightBits, TrueColor);
        Chunk(file, "IHDR", header);
        Chunk(file, "tEXt", Encoding.Latin1.GetBytes($"Description\0{picture.Description}"));
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(Pixels(picture));
        Chunk(file, "IDAT", packed.ToArray());
        Chunk(file, "IEND", []);
    }

    private static void Chunk(FileStream file, string type, byte[] data)
    {
        var chunk = new byte[4 + 4 + data.Length + 4];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        Encoding.ASCII.GetBytes(type, chunk.AsSpan(4));
        data.CopyTo(chunk, 8);
        var crc = Crc32.HashToUInt32(chunk.AsSpan(4, 4 + data.Length));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), crc);
        file.Write(chunk);
    }

    /// <summary>Rows of pixels, each behind the byte that says: not filtered.</summary>
    private static byte[] Pixels(Picture picture)
    {
        var stride = 1 + (picture.Width * BytesAPixel);
        var pixels = new byte[stride * picture.Height];
        for (var row = 0; row < picture.Height; row++)
            pixels.AsSpan((row * stride) + 1, stride - 1).Fill(White);
        foreach (var box in picture.Boxes)
            Fill(pixels, stride, box);
        foreach (var line in picture.Lines)
        foreach (var dot in Letters.Dots(line))
            Fill(pixels, stride, dot);
        return pixels;
    }

    private static void Fill(byte[] pixels, int stride, Box box)
    {
        for (var y = box.Y; y < box.Y + box.Height; y++)
        for (var x = box.X; x < box.X + box.Width; x++)
        {
            var at = (y * stride) + 1 + (x * BytesAPixel);
            (pixels[at], pixels[at + 1], pixels[at + 2]) = (box.Color.Red, box.Color.Green, box.Color.Blue);
        }
    }
}
