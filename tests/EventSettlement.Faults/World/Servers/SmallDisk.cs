namespace EventSettlement.Faults.World.Servers;

/// <summary>A small file system of their own for a database's tables, so that it can be full.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Page = 4096;
    private static readonly Lazy<string?> Refusal = new(Try);
    private readonly string _folder;
    private int _fillings;

    private SmallDisk(string folder) => _folder = folder;

    /// <summary>Why none can be had here; null where it can.</summary>
    public static string? Missing => Refusal.Value;

    public static async Task<SmallDisk> Mount(string folder)
    {
        Directory.CreateDirectory(folder);
        await ChildProcess.Output("mount", ["-t", "tmpfs", "-o", "size=400m", "settle-faults", folder]);
        return new SmallDisk(folder);
    }

    /// <summary>Until no page is left, also of what is given back meanwhile.</summary>
    public async Task Fill(TimeSpan length)
    {
        var drive = new DriveInfo(_folder);
        for (var end = DateTime.UtcNow + length; DateTime.UtcNow < end; await Task.Delay(20))
        for (var free = drive.AvailableFreeSpace; free >= Page; free /= 2)
            if (Take(Math.Min(free, drive.AvailableFreeSpace)))
                break;
        foreach (var filling in Directory.GetFiles(_folder, "filling-*"))
            File.Delete(filling);
    }

    /// <summary>Whoever still has a file of it open keeps it; nobody finds it any more.</summary>
    public void Dispose() => ChildProcess.Output("umount", ["-l", _folder]).Wait();

    private bool Take(long bytes)
    {
        try
        {
            File.Open(
                    Path.Combine(_folder, $"filling-{++_fillings}"),
                    new FileStreamOptions
                    {
                        Mode = FileMode.CreateNew,
                        Access = FileAccess.Write,
                        PreallocationSize = bytes,
                    }
                )
                .Dispose();
            return true;
        }
        catch (IOException)
        {
            // PostgreSQL was faster.
            return false;
        }
    }

    private static string? Try()
    {
        var folder = Directory.CreateTempSubdirectory("settle-faults-disk-").FullName;
        try
        {
            Mount(folder).GetAwaiter().GetResult().Dispose();
            return null;
        }
        catch (InvalidOperationException refused)
        {
            return "no file system may be mounted here: " + refused.Message.Split('\n')[0];
        }
        finally
        {
            Directory.Delete(folder);
        }
    }
}
