using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace EventSettlement.Messaging.Log.Kafka;

/// <summary>
/// Finds the native Kafka client: the one of the package when it is there, else the system's librdkafka (Debian package
/// librdkafka1), completed by a shim of three functions where it is older than the package asks for.
/// </summary>
public static class KafkaLibrary
{
    private const string Missing = "rd_kafka_message_leader_epoch";
    private static readonly Lock Gate = new();
    private static nint handle;
    private static bool registered;

    /// <summary>Once a process, before the first Kafka client.</summary>
    /// <exception cref="DllNotFoundException">Neither is there; the message says what to install.</exception>
    public static void Load()
    {
        lock (Gate)
        {
            if (registered)
                return;
            var assembly = typeof(Confluent.Kafka.Library).Assembly;
            if (!PackageHasIt(assembly))
            {
                handle = LoadSystem();
                NativeLibrary.SetDllImportResolver(
                    assembly,
                    (name, _, _) => name.Contains("rdkafka", StringComparison.Ordinal) ? handle : nint.Zero
                );
            }

            registered = true;
        }
    }

    /// <summary>The cluster's id; Debian's client lacks the managed call for it and has only the plain one.</summary>
    internal static async Task<string> ReadClusterId(IAdminClient admin, TimeSpan patience)
    {
        if (handle == nint.Zero)
            return (
                await admin.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = patience })
            ).ClusterId;
        var read = Marshal.GetDelegateForFunctionPointer<ClusterId>(
            NativeLibrary.GetExport(handle, "rd_kafka_clusterid")
        );
        var native = typeof(Handle).GetProperty("LibrdkafkaHandle", BindingFlags.Instance | BindingFlags.NonPublic)!;
        var client = ((SafeHandle)native.GetValue(admin.Handle)!).DangerousGetHandle();
        return await Task.Run(() => Marshal.PtrToStringUTF8(read(client, (int)patience.TotalMilliseconds)))
            ?? throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "the cluster did not tell its id in time"));
    }

    private static bool PackageHasIt(Assembly assembly) =>
        Directory.Exists(Path.Combine(Path.GetDirectoryName(assembly.Location)!, "runtimes"))
        && Directory
            .EnumerateFiles(
                Path.Combine(Path.GetDirectoryName(assembly.Location)!, "runtimes"),
                "librdkafka*",
                SearchOption.AllDirectories
            )
            .Any();

    private static nint LoadSystem()
    {
        if (!NativeLibrary.TryLoad("librdkafka.so.1", out var system))
            throw new DllNotFoundException(
                "Kafka is configured, but there is no native Kafka client. Install it: apt-get install librdkafka1"
            );
        return NativeLibrary.TryGetExport(system, Missing, out _) ? system : NativeLibrary.Load(BuildShim());
    }

    private static string BuildShim()
    {
        using var source = typeof(KafkaLibrary).Assembly.GetManifestResourceStream("kafka-shim.c")!;
        using var reader = new StreamReader(source);
        var text = reader.ReadToEnd();
        var folder = Path.Combine(Path.GetTempPath(), $"settle-{Environment.UserName}");
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var library = Path.Combine(folder, $"kafka-shim-{Environment.ProcessId}.so");
        var code = Path.ChangeExtension(library, ".c");
        File.WriteAllText(code, text);
        Compile(code, library);
        File.Delete(code);
        return library;
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint ClusterId(nint client, int timeoutMilliseconds);

    private static void Compile(string code, string library)
    {
        try
        {
            using var compiler = Process.Start(
                new ProcessStartInfo(
                    "cc",
                    ["-shared", "-fPIC", "-o", library, code, "-Wl,--no-as-needed", "-l:librdkafka.so.1"]
                )
                {
                    RedirectStandardError = true,
                }
            )!;
            var complaint = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            if (compiler.ExitCode != 0)
                throw new DllNotFoundException($"The shim for the system's librdkafka did not compile: {complaint}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new DllNotFoundException(
                "The system's librdkafka is older than the client and needs a C compiler once: apt-get install gcc "
                    + "libc6-dev"
            );
        }
    }
}
