using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EventSettlement.Platform;

/// <summary>Runs the programs of this machine.</summary>
internal static class Shell
{
    public readonly record struct Result(int Code, string Output, string Error);

    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Concat(["/usr/bin", "/usr/sbin", "/sbin"])
            .Where(d => d.Length > 0)
            .Select(d => Path.Combine(d, program))
            .FirstOrDefault(File.Exists);

    /// <summary>The words that start this program once more.</summary>
    public static string[] Self()
    {
        var host = Environment.ProcessPath ?? "dotnet";
        return Path.GetFileNameWithoutExtension(host) == "dotnet"
            ? [host, Path.Combine(AppContext.BaseDirectory, "settle.dll")]
            : [host];
    }

    /// <summary>A port of this machine that nobody listens on: the wanted one, or any.</summary>
    public static int FreePort(int wanted = 0)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, wanted);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException) when (wanted != 0)
        {
            return FreePort(0);
        }
    }

    /// <summary>Ports of this machine that nobody listens on; all are held until the last is known.</summary>
    public static int[] FreePorts(int count)
    {
        TcpListener[] held = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        try
        {
            foreach (var listener in held)
                listener.Start();
            return Array.ConvertAll(held, listener => ((IPEndPoint)listener.LocalEndpoint).Port);
        }
        finally
        {
            foreach (var listener in held)
                listener.Dispose();
        }
    }

    /// <param name="setting">Where the addresses were told.</param>
    public static InvalidOperationException CannotListen(string urls, string setting, Exception refused) =>
        new($"Cannot listen on {urls}: {refused.Message}. {setting} names addresses of this machine.", refused);

    /// <summary>A word as a shell reads it.</summary>
    public static string Quoted(string word) =>
        word.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_')
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    public static Result Run(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            // The program may run as another user, who cannot enter the folder that we are in.
            WorkingDirectory = "/",
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Result(process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    public static string Must(string program, IEnumerable<string> arguments)
    {
        var words = arguments.ToList();
        var result = Run(program, words);
        return result.Code == 0
            ? result.Output
            : throw new InvalidOperationException(
                $"{program} {string.Join(' ', words)} ended with {result.Code}: {result.Error.Trim()} "
                    + $"{result.Output.Trim()}"
            );
    }

    /// <summary>In clock ticks since boot; null when it is gone or only waits to be buried.</summary>
    public static string? StartTime(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // The name in parentheses may hold blanks; the third field follows it.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : fields[19];
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Starts a program in a session of its own, so that Ctrl-C in our terminal does not reach it.</summary>
    public static int Detach(
        string program,
        IEnumerable<string> arguments,
        string logFile,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? folder = null
    )
    {
        // The shell points the output at the file and becomes the program, so the number printed is the program's.
        var start = new ProcessStartInfo(
            "setsid",
            ["sh", "-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", logFile, program, .. arguments]
        )
        {
            WorkingDirectory = folder ?? "/",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        return process.Id;
    }
}
