using System.Text.RegularExpressions;
using EventSettlement.Faults.Injection.Processes;

namespace EventSettlement.Faults.World;

/// <summary>One <c>settle serve</c>, started as often as it dies.</summary>
internal sealed partial class Member(
    string name,
    string folder,
    string product,
    IReadOnlyDictionary<string, string> settings
)
{
    private const int KilledBySignal9 = 137;
    private const int Unavailable = 5;
    private static readonly TimeSpan UntilItHears = TimeSpan.FromSeconds(10);
    private readonly int _port = Ports.Free();
    private readonly Lock _reviving = new();
    private ChildProcess? _process;
    private string? _crashAt;
    private long _logFrom;

    public string Name => name;

    public string Log => Path.Combine(folder, name + ".log");

    public Uri Url => new($"http://127.0.0.1:{_port}");

    /// <summary>Somebody else starts it again; the supervisor keeps its hands off.</summary>
    public bool IsHandled
    {
        get;
        set
        {
            lock (_reviving)
                field = value;
        }
    }

    public bool IsDown => _process?.HasExited ?? true;

    public bool IsFrozen { get; private set; }

    /// <summary>Whether it died where it was told to.</summary>
    public bool CrashedAsTold { get; private set; }

    /// <summary>Whether it stopped itself where it was told to.</summary>
    public bool FrozeAsTold =>
        IsFrozen = !IsDown && File.ReadAllText($"/proc/{ProcessId}/stat").Contains(") T ", StringComparison.Ordinal);

    public int ProcessId => _process!.Id;

    public void Start(string? crashAt = null)
    {
        _crashAt = crashAt;
        var environment = new Dictionary<string, string>(settings)
        {
            ["EventSettlement__Api__Urls"] = Url.ToString(),
            ["EVENTSETTLEMENT_CRASH_AT"] = crashAt ?? "",

            // It lives for seconds: code that is compiled again for speed never pays, and costs a third of all time.
            ["DOTNET_TieredPGO"] = "0",
            ["DOTNET_TC_CallCountThreshold"] = "3E8",
        };
        IsFrozen = false;
        _logFrom = File.Exists(Log) ? new FileInfo(Log).Length : 0;
        _process = ChildProcess.Start(name, Log, environment, "dotnet", product, "serve");
    }

    /// <summary>Starts it where it is down and nobody else is about to.</summary>
    public void Revive()
    {
        lock (_reviving)
            if (IsDown && !IsHandled)
                Start();
    }

    public void Kill() => _process?.Kill();

    public void Freeze()
    {
        IsFrozen = true;
        _process!.Signal("STOP");
    }

    public void Thaw()
    {
        _process!.Signal("CONT");
        IsFrozen = false;
    }

    /// <returns>Null, or in which way it did not end in order.</returns>
    public async Task<string?> Stop()
    {
        if (IsDown)
            return null;
        // The runtime takes a moment until it hears anything, longer on a busy machine; before, a stop is a kill.
        await Waiting.Until(UntilItHears, () => IsDown || _process!.HearsSignals);
        _process!.Signal("TERM");
        return !await _process.Exits(TimeSpan.FromSeconds(30)) ? $"{name} was told to stop and had not in 30 s"
            : _process.ExitCode != 0 ? $"{name} was told to stop and ended with {_process.ExitCode}"
            : null;
    }

    /// <summary>Why it is down where nobody told it to be; null where somebody did.</summary>
    public string? EndedByItself()
    {
        if (!IsDown)
            return null;
        if (_process!.ExitCode == KilledBySignal9)
        {
            CrashedAsTold |= _crashAt is not null;
            return null;
        }

        // Nobody serves without a database: a start that finds none says so by this code, and is tried again.
        if (_process.ExitCode == Unavailable && !Said().Contains("Application started", StringComparison.Ordinal))
            return null;
        var lines = Said().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var failures = lines.Where(l => Interesting().IsMatch(l)).ToArray();
        var last = (failures.Length > 0 ? failures : lines).TakeLast(3);
        return $"{name} ended by itself with {_process.ExitCode}: {string.Join(" | ", last)}";
    }

    /// <summary>Whether it has logged this since its last start.</summary>
    public bool HasSaid(string text) => Said().Contains(text, StringComparison.Ordinal);

    /// <summary>What it has logged since its last start.</summary>
    private string Said()
    {
        using var log = new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Position = _logFrom;
        using var reader = new StreamReader(log);
        return reader.ReadToEnd();
    }

    [GeneratedRegex("xception|fail|crit|rror")]
    private static partial Regex Interesting();
}
