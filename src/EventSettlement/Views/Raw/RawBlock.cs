using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using EventSettlement.Views.Intake;
using EventSettlement.Views.Seen;

namespace EventSettlement.Views.Raw;

/// <summary>
/// Completed views of a batch that arrived on one day, packed column by column: ids as numbers of a list in front, then
/// of each view identity, content, ad, seconds, moments, place in the log, and whether it was a duplicate; members come
/// last, since few readers ask for them.
/// </summary>
/// <param name="Arrived">Day in Seoul.</param>
/// <param name="FirstDay">Of viewedAt.</param>
internal sealed record RawBlock(int Arrived, int FirstDay, int LastDay, int Views, ReadOnlyMemory<byte> Bytes)
{
    private const byte Version = 2;
    private const byte WithoutMembers = 1;

    /// <param name="order">Places of the completed views; it may be longer than they are.</param>
    /// <param name="to">
    /// What is packed stands behind what is there. It is the caller's to use again, since megabytes made anew for each
    /// batch stay until all memory is collected; the blocks are parts of it.
    /// </param>
    public static List<RawBlock> Pack(ViewBatch batch, int[] order, int completed, MemoryStream to)
    {
        var all = order.AsSpan(0, completed);
        var (first, last) = (int.MaxValue, int.MinValue);
        foreach (var place in all)
        {
            var day = ViewDays.Of(batch.Views[place].ArrivedAt);
            (first, last) = (Math.Min(first, day), Math.Max(last, day));
        }

        if (first == last)
            return [Pack(batch, first, all, to)];
        // A batch around midnight has two days.
        var blocks = new List<RawBlock>();
        for (var day = first; day <= last; day++)
        {
            var places = Array.FindAll(all.ToArray(), place => ViewDays.Of(batch.Views[place].ArrivedAt) == day);
            if (places.Length > 0)
                blocks.Add(Pack(batch, day, places, to));
        }

        return blocks;
    }

    private static RawBlock Pack(ViewBatch batch, int arrived, ReadOnlySpan<int> places, MemoryStream to)
    {
        var (first, last) = (int.MaxValue, int.MinValue);
        foreach (var place in places)
        {
            var day = ViewDays.Of(batch.Views[place].ViewedAt);
            (first, last) = (Math.Min(first, day), Math.Max(last, day));
        }

        var begin = (int)to.Length;
        to.WriteByte(Version);
        using (var deflate = new DeflateStream(to, CompressionLevel.Fastest, leaveOpen: true))
        using (var columns = new RawColumns(deflate))
            Write(columns, batch, places);
        return new RawBlock(
            arrived,
            first,
            last,
            places.Length,
            to.GetBuffer().AsMemory(begin, (int)to.Length - begin)
        );
    }

    private static void Write(RawColumns to, ViewBatch batch, ReadOnlySpan<int> places)
    {
        to.Number(places.Length);
        Write(to, batch.Contents);
        Write(to, batch.Ads);
        ReadOnlySpan<FoldedView> views = batch.Views;
        foreach (var place in places)
            to.Identity(views[place].Identity);
        foreach (var place in places)
            to.Number(views[place].Content);
        foreach (var place in places)
            to.Number(views[place].Ad + 1);
        foreach (var place in places)
            to.Number(views[place].WatchedSeconds);
        foreach (var place in places)
            to.Number(views[place].ViewedAt);
        foreach (var place in places)
            to.Number(views[place].ArrivedAt);
        foreach (var place in places)
            to.Number(views[place].Partition);
        foreach (var place in places)
            to.Number(views[place].Offset);
        foreach (var place in places)
            to.Number(views[place].IsDuplicate ? 1 : 0);
        Write(to, batch.Members);
        foreach (var place in places)
            to.Number(views[place].Member);
    }

    private static void Write(RawColumns to, IdTable ids)
    {
        to.Number(ids.Count);
        for (var id = 0; id < ids.Count; id++)
        {
            to.Number(ids.Bytes(id).Length);
            to.Bytes(ids.Bytes(id));
        }
    }

    /// <exception cref="InvalidDataException">It was packed by a newer version, or is damaged.</exception>
    public static RawView[] Unpack(byte[] bytes, bool withMembers = false)
    {
        if (bytes is not [Version or WithoutMembers, ..])
            throw new InvalidDataException("a block of raw views is of an unknown version");
        using var packed = new MemoryStream(bytes, 1, bytes.Length - 1);
        using var deflate = new DeflateStream(packed, CompressionMode.Decompress);
        using var buffered = new BufferedStream(deflate, 1 << 16);
        using var from = new BinaryReader(buffered, Encoding.UTF8);
        var views = new RawView[from.Read7BitEncodedInt()];
        var (contents, ads) = (Ids(from), Ids(from));
        for (var i = 0; i < views.Length; i++)
            views[i].Identity = new ViewIdentity(from.ReadUInt64(), from.ReadByte());
        for (var i = 0; i < views.Length; i++)
            views[i].Content = contents[from.Read7BitEncodedInt()];
        for (var i = 0; i < views.Length; i++)
            views[i].Ad = from.Read7BitEncodedInt() is > 0 and var ad ? ads[ad - 1] : null;
        for (var i = 0; i < views.Length; i++)
            views[i].WatchedSeconds = from.Read7BitEncodedInt();
        for (var i = 0; i < views.Length; i++)
            views[i].ViewedAt = from.Read7BitEncodedInt64();
        for (var i = 0; i < views.Length; i++)
            views[i].ArrivedAt = from.Read7BitEncodedInt64();
        for (var i = 0; i < views.Length; i++)
            views[i].Partition = from.Read7BitEncodedInt();
        for (var i = 0; i < views.Length; i++)
            views[i].Offset = from.Read7BitEncodedInt64();
        for (var i = 0; i < views.Length; i++)
            views[i].IsDuplicate = from.Read7BitEncodedInt() == 1;
        if (!withMembers || bytes[0] == WithoutMembers)
            return views;
        var members = Ids(from);
        for (var i = 0; i < views.Length; i++)
            views[i].Member = members[from.Read7BitEncodedInt()];
        return views;
    }

    private static string[] Ids(BinaryReader from)
    {
        var ids = new string[from.Read7BitEncodedInt()];
        for (var id = 0; id < ids.Length; id++)
            ids[id] = Encoding.UTF8.GetString(from.ReadBytes(from.Read7BitEncodedInt()));
        return ids;
    }
}

/// <summary>A completed view as it was kept. Moments are microseconds since 1970 UTC.</summary>
internal struct RawView
{
    public ViewIdentity Identity;
    public string Content;

    /// <summary>Null = without an ad.</summary>
    public string? Ad;

    /// <summary>Null = not asked for, or not kept by the version that kept the view.</summary>
    public string? Member;

    public int WatchedSeconds;
    public long ViewedAt;
    public long ArrivedAt;
    public int Partition;
    public long Offset;
    public bool IsDuplicate;
}
