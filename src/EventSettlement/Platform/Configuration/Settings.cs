namespace EventSettlement.Platform;

/// <summary>All configuration of one process; keys and rules stand in docs/operations/configuration.md.</summary>
public sealed class Settings
{
    public ConnectionStringsSection ConnectionStrings { get; set; } = new();
    public EventLogSection EventLog { get; set; } = new();
    public MemberServiceSection MemberService { get; set; } = new();
    public StudyRefundSection StudyRefund { get; set; } = new();
    public ApiSection Api { get; set; } = new();
    public OtlpSection Otlp { get; set; } = new();
    public RedisSection Redis { get; set; } = new();

    public sealed class ConnectionStringsSection
    {
        public string Main { get; set; } = "";
    }

    public sealed class EventLogSection
    {
        public string Kind { get; set; } = "postgres";
        public string? Bootstrap { get; set; }
        public int Partitions { get; set; } = 8;
    }

    public sealed class MemberServiceSection
    {
        public string BaseUrl { get; set; } = "";
        public string? ApiKey { get; set; }
        public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
        public int MaxItems { get; set; } = 500;
        public int MaxInFlight { get; set; } = 4;

        /// <summary>
        /// Waits between questions about an item in doubt, after its settlement failed; the last one repeats.
        /// </summary>
        public TimeSpan[] DoubtDelays { get; set; } =
        [
            TimeSpan.FromMinutes(1),
            TimeSpan.FromMinutes(2),
            TimeSpan.FromMinutes(4),
            TimeSpan.FromMinutes(8),
            TimeSpan.FromMinutes(16),
            TimeSpan.FromMinutes(32),
            TimeSpan.FromMinutes(60),
        ];
    }

    public sealed class StudyRefundSection
    {
        /// <summary>Quartz cron in Asia/Seoul.</summary>
        public string Cron { get; set; } = "0 0 3 * * ?";
        public TimeSpan[] RetryDelays { get; set; } =
        [TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(8)];
        public TimeSpan CancelQuietPeriod { get; set; } = TimeSpan.FromMinutes(10);
    }

    public sealed class ApiSection
    {
        public string Urls { get; set; } = "http://127.0.0.1:8080";
    }

    public sealed class OtlpSection
    {
        public string? Endpoint { get; set; }
    }

    public sealed class RedisSection
    {
        public string? Configuration { get; set; }
    }
}
