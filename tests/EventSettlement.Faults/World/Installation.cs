using System.Collections.Concurrent;
using System.Globalization;
using EventSettlement.Faults.Running;
using EventSettlement.Faults.Running.Asked;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.World;

/// <summary>The real thing: PostgreSQL, the log, servers and the member service, each a process of its own.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private const int HopelessEnds = 4;
    private readonly CancellationTokenSource _over = new();
    private Task _supervising = Task.CompletedTask;

    private Installation(Plan plan, string folder, Template template, PostgresServer postgres)
    {
        (Plan, Folder, Postgres) = (plan, folder, postgres);
        Sandbox = new Sandbox(folder);
        Calls = new CallWatch(Sandbox.Port, folder);
        if (plan.Proxies)
            PostgresProxy = new TcpProxy(postgres.Port);
        if (plan.Log == "kafka")
            Kafka = new KafkaServer(Path.Combine(folder, "kafka"), template.Folder + "-kafka");
        Key = template.Key;
    }

    public Plan Plan { get; }

    public string Folder { get; }

    public string Key { get; }

    public PostgresServer Postgres { get; }

    /// <summary>Where the tables are, where the plan wants a disk to fill.</summary>
    public SmallDisk? Disk { get; private init; }

    public TcpProxy? PostgresProxy { get; }

    public KafkaServer? Kafka { get; }

    public TcpProxy? KafkaProxy { get; private set; }

    public Sandbox Sandbox { get; }

    /// <summary>The way from the servers to the sandbox.</summary>
    public CallWatch Calls { get; }

    public List<Member> Members { get; } = [];

    /// <summary>What no plan asked for, such as a process that ended by itself.</summary>
    public ConcurrentQueue<string> Surprises { get; } = [];

    public static async Task<Installation> Start(Plan plan, string folder, Template template)
    {
        Directory.CreateDirectory(folder);
        var data = Path.Combine(folder, "pgdata");
        var disk = plan.SmallDisk ? await SmallDisk.Mount(Path.Combine(data, "base")) : null;
        Installation? made = null;
        try
        {
            var postgres = await template.Copy(data);
            made = new Installation(plan, folder, template, postgres) { Disk = disk };
            await Task.WhenAll(postgres.Start(plan.ClockOffSeconds), made.Sandbox.Start(), made.StartKafka());
            for (var i = 1; i <= plan.Processes; i++)
                made.Members.Add(new Member($"settle-{i}", folder, template.Built, made.Settings($"settle-{i}")));
            for (var i = 0; i < made.Members.Count; i++)
                made.Members[i].Start(i == 0 || plan.IsArmedEverywhere ? plan.CrashAt : null);
            made._supervising = Task.Run(made.Supervise);
            await Waiting.Must("a server is ready", TimeSpan.FromSeconds(90), made.ReadyUnlessHopeless);
            return made;
        }
        catch (Exception broken)
        {
            if (made is null)
                disk?.Dispose();
            else
                await made.DisposeAsync();
            if (made is { Surprises.IsEmpty: false })
                throw new InvalidOperationException($"{broken.Message}; {string.Join("; ", made.Surprises)}", broken);
            throw;
        }
    }

    /// <summary>Every server stands up and answers.</summary>
    /// <exception cref="NotReadyException">One did not in time.</exception>
    public async Task WaitForAll(TimeSpan limit)
    {
        foreach (var member in Members)
            if (await Waiting.Until(limit, () => IsReady(member)) is null)
                throw new NotReadyException($"{member.Name} was not ready within {limit.TotalSeconds:F0} s");
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _supervising;
        foreach (var member in Members)
            member.Kill();
        Sandbox.Kill();
        Kafka?.Kill();
        Postgres.Kill();
        Disk?.Dispose();
        Calls.Dispose();
        PostgresProxy?.Dispose();
        KafkaProxy?.Dispose();
        _over.Dispose();
    }

    // A program that cannot start, such as one built without its schemas, says so at once and each time.
    private Task<bool> ReadyUnlessHopeless() =>
        Surprises.Count >= HopelessEnds
            ? throw new InvalidOperationException("its servers end as soon as they begin")
            : AnyReady();

    private async Task StartKafka()
    {
        if (Kafka is null)
            return;
        if (Plan.Proxies)
            KafkaProxy = new TcpProxy(Kafka.Port);
        await Kafka.Prepare(KafkaProxy?.Port);
        await Kafka.Start();
    }

    private Dictionary<string, string> Settings(string server)
    {
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings__Main"] = PostgresServer.ConnectionAt(
                PostgresProxy?.Port ?? Postgres.Port,
                PostgresServer.Product
            ),
            ["EventLog__Kind"] = Plan.Log,
            ["EventLog__Partitions"] = "4",
            ["Downstreams__member__BaseUrl"] = Calls.UrlFor(server).ToString(),
            ["Downstreams__member__Timeout"] = "2s",
            ["Downstreams__member__MaxItems"] = "100",
            ["Downstreams__member__MaxInFlight"] = "4",
            ["Payouts__DoubtDelays"] = "500ms,1s,2s",
            ["Programmes__study_refund__RetryDelays"] = "500ms,1s,2s",
            ["Payouts__CancelQuietPeriod"] = "160s",
            ["Programmes__study_refund__Cron"] = Plan.Cron,
            ["Programmes__creator_revenue__Downstream"] = "member",

            // Nobody listens there: traces are made and led on, which is what is checked.
            ["Otlp__Endpoint"] = "http://127.0.0.1:9",
        };
        if (Kafka is not null)
            settings["EventLog__Bootstrap"] = Kafka.Bootstrap;
        var all = settings.ToDictionary(s => "EventSettlement__" + s.Key, s => s.Value);
        if (Plan.FakeServerClock && Members.Count == 0)
            foreach (var (name, value) in FakeTime.Environment(Folder))
                all[name] = value;
        return all;
    }

    /// <summary>Starts again what died, as any operator's supervisor does.</summary>
    private async Task Supervise()
    {
        while (!_over.IsCancellationRequested)
        {
            foreach (var member in Members.Where(m => m.IsDown && !m.IsHandled))
            {
                if (member.EndedByItself() is { } why)
                    Surprises.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss} {why}"));
                await Task.Delay(TimeSpan.FromMilliseconds(500));
                if (!_over.IsCancellationRequested)
                    member.Revive();
            }

            await Task.Delay(100);
        }
    }

    private async Task<bool> AnyReady()
    {
        foreach (var member in Members)
            if (await IsReady(member))
                return true;
        return false;
    }

    private static async Task<bool> IsReady(Member member)
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri(member.Url, "healthz/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(3) };
}
