using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace EventSettlement.Cli;

/// <summary>
/// Standard output and error as other programs need them: what is read by a program is UTF-8 whatever the locale says,
/// and a reader that has gone is noticed. The runtime's own streams follow the locale and swallow a broken pipe.
/// </summary>
internal static partial class StandardStreams
{
    /// <summary>What a shell reports of a program that was ended by SIGPIPE.</summary>
    public const int ReaderGone = 141;

    private const int BrokenPipe = 32;
    private const long CloseOnExec = 0x80000;
    private const short PollError = 8;
    private static readonly UTF8Encoding Plain = new(encoderShouldEmitUTF8Identifier: false);
    private static bool _isPipe;

    /// <summary>Once, before anything is written.</summary>
    public static void Open()
    {
        if (Console.IsOutputRedirected)
            Console.SetOut(new StreamWriter(Output(), Plain) { AutoFlush = true });
        if (!IsOpen(2))
            Console.SetError(TextWriter.Null);
    }

    public static bool IsReaderGone(IOException failure) => failure.HResult == BrokenPipe;

    /// <exception cref="IOException">Nobody reads standard output any more.</exception>
    public static void NeedReader()
    {
        var output = new Polled { Descriptor = 1 };
        if (_isPipe && Poll(ref output, 1, 0) > 0 && (output.Happened & PollError) != 0)
            throw new IOException("Nobody reads the output any more.", BrokenPipe);
    }

    private static Stream Output()
    {
        if (!IsOpen(1))
            return Console.OpenStandardOutput();
        var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        _isPipe = !stream.CanSeek;
        // In a file it would keep a position of its own, and the next program of the shell would write over it.
        return _isPipe ? stream : Console.OpenStandardOutput();
    }

    // Links to pipes and sockets lead nowhere; that they are there is enough.
    private static bool IsOpen(int descriptor) =>
        !Directory.Exists("/proc/self/fd")
        || (new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget is not null && IsInherited(descriptor));

    /// <summary>What ends with exec has not come through it: the runtime took a number that was free.</summary>
    private static bool IsInherited(int descriptor)
    {
        const string flags = "flags:";
        var line = File.ReadLines($"/proc/self/fdinfo/{descriptor}")
            .FirstOrDefault(line => line.StartsWith(flags, StringComparison.Ordinal));
        return line is null || (Convert.ToInt64(line[flags.Length..].Trim(), 8) & CloseOnExec) == 0;
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref Polled polled, uint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct Polled
    {
        public int Descriptor;
        public short Wanted;
        public short Happened;
    }
}
