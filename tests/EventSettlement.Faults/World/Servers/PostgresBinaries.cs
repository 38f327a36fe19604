using System.Globalization;

namespace EventSettlement.Faults.World.Servers;

/// <summary>Where PostgreSQL's programs are, and as whom they run: it refuses to run as root.</summary>
internal static class PostgresBinaries
{
    private static readonly Lazy<string> Folder = new(Find);

    public static bool AreHere
    {
        get
        {
            try
            {
                return Folder.Value.Length > 0;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }
    }

    public static string[] AsOwner(string program)
    {
        var path = Path.Combine(Folder.Value, program);
        return Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups", path]
            : [path];
    }

    public static async Task GiveTo(string folder)
    {
        if (Environment.IsPrivilegedProcess)
            await ChildProcess.Output("chown", ["-R", "postgres:postgres", folder]);
    }

    private static string Find()
    {
        var versions = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        return versions
                .OrderByDescending(d =>
                    int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var v) ? v : 0
                )
                .Select(d => Path.Combine(d, "bin"))
                .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
                .FirstOrDefault(f => f.Length > 0 && File.Exists(Path.Combine(f, "initdb")))
            ?? throw new InvalidOperationException("PostgreSQL is not installed here: apt-get install postgresql");
    }
}
