using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EventSettlement.Platform;

namespace EventSettlement.Desk;

/// <summary>Where a private server lives and whom it belongs to: PostgreSQL refuses to run as root.</summary>
internal sealed class PostgresFolder
{
    private readonly string _binaries;
    private readonly string? _owner;

    private PostgresFolder(string root, string binaries, string? owner)
    {
        Root = root;
        _binaries = binaries;
        _owner = owner;
    }

    public string Root { get; }

    public string Data => Path.Combine(Root, "data");

    private string PasswordFile => Path.Combine(Root, "password");

    public string Password() => File.ReadAllText(PasswordFile).Trim();

    public static PostgresFolder Choose(string folder, string binaries, Action<string> say)
    {
        folder = Path.GetFullPath(folder);
        var owner = OwnerFor();
        var root = Path.Combine(folder, "postgres");
        if (owner is not null && !OthersMayEnter(folder))
        {
            root = Elsewhere(folder);
            say($"PostgreSQL runs as {owner}, who cannot enter {folder}: its data goes to {root}");
        }
        Directory.CreateDirectory(root);
        if (owner is not null)
            Shell.Must("chown", [owner, root]);
        File.SetUnixFileMode(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new PostgresFolder(root, binaries, owner);
    }

    public static PostgresFolder? Existing(string folder, string binaries)
    {
        folder = Path.GetFullPath(folder);
        foreach (var root in new[] { Path.Combine(folder, "postgres"), Elsewhere(folder) })
            if (File.Exists(Path.Combine(root, "data", "PG_VERSION")))
                return new PostgresFolder(root, binaries, OwnerFor());
        return null;
    }

    public void Initialise()
    {
        // Other people of this machine reach the port too, so a password it is.
        File.WriteAllText(PasswordFile, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        if (_owner is not null)
            Shell.Must("chown", [_owner, PasswordFile]);
        File.SetUnixFileMode(PasswordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (Directory.Exists(Data))
            Directory.Delete(Data, recursive: true);
        AsOwner(
            "initdb",
            "-D",
            Data,
            "-U",
            "settle",
            "--auth=scram-sha-256",
            "--pwfile",
            PasswordFile,
            "-E",
            "UTF8",
            "--locale=C",
            "--no-instructions"
        );
        File.AppendAllText(Path.Combine(Data, "postgresql.conf"), "\ninclude = 'settle.conf'\n");
    }

    public void WriteSettings()
    {
        var file = Path.Combine(Data, "settle.conf");
        File.WriteAllText(file, Resource("postgresql.conf"));
        if (_owner is not null)
            Shell.Must("chown", [_owner, file]);
    }

    /// <summary>The port in the server's pid file, while that process lives.</summary>
    public int? RunningPort()
    {
        var file = Path.Combine(Data, "postmaster.pid");
        if (!File.Exists(file))
            return null;
        var lines = File.ReadAllLines(file);
        return
            lines.Length > 3
            && int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            && Shell.StartTime(pid) is not null
            && int.TryParse(lines[3], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? port
            : null;
    }

    public void AsOwner(string program, params string[] arguments)
    {
        var words = OwnerWords(program);
        Shell.Must(words[0], [.. words[1..], .. arguments]);
    }

    public string OwnerCommand(string program) => string.Join(' ', OwnerWords(program).Select(w => $"'{w}'"));

    private string[] OwnerWords(string program)
    {
        var path = Path.Combine(_binaries, program);
        if (_owner is null)
            return [path];
        return Shell.Find("setpriv") is { } setpriv
            ? [setpriv, "--reuid", _owner, "--regid", GroupOf(_owner), "--init-groups", path]
            : [Shell.Find("runuser") ?? "runuser", "-u", _owner, "--", path];
    }

    private static string GroupOf(string user) => Shell.Run("id", ["-g", user]).Output.Trim();

    private static string? OwnerFor()
    {
        if (!Environment.IsPrivilegedProcess)
            return null;
        return File.ReadLines("/etc/passwd").Any(l => l.StartsWith("postgres:", StringComparison.Ordinal))
            ? "postgres"
            : "nobody";
    }

    private static bool OthersMayEnter(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
            if (at.Exists && !at.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
                return false;
        return true;
    }

    private static string Elsewhere(string folder)
    {
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..12];
        return Path.Combine("/var/tmp", $"settle-{mark}");
    }

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(PostgresFolder).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
