using System.Globalization;
using Npgsql;
using Quartz;

namespace EventSettlement.Platform;

/// <summary>
/// One key of the configuration: what it may hold, and how it enters and leaves <see cref="Settings"/>.
/// </summary>
public sealed record SettingRule(
    string Key,
    string Rule,
    string Example,
    Func<Settings, string, bool> Take,
    Func<Settings, string?> Give
)
{
    /// <summary>Never shown, logged or quoted in an error.</summary>
    public bool Secret { get; init; }
}

/// <summary>Every key there is; anything else is a mistake.</summary>
public static class SettingRules
{
    /// <summary>The longest freeze of a process that GUARANTEES promises to survive without paying twice.</summary>
    public static readonly TimeSpan LongestFreeze = TimeSpan.FromSeconds(90);

    /// <summary>A claim older than this is not sent.</summary>
    public static readonly TimeSpan ClaimDeadline = TimeSpan.FromSeconds(60);

    public static readonly IReadOnlyList<SettingRule> All =
    [
        new(
            "ConnectionStrings:Main",
            "a PostgreSQL connection string with Host, Username and Database",
            "Host=127.0.0.1;Username=settle;Password=…;Database=settlement",
            (s, v) => IsPostgres(v) && Set(() => s.ConnectionStrings.Main = v),
            s => s.ConnectionStrings.Main
        )
        {
            Secret = true,
        },
        new(
            "EventLog:Kind",
            "postgres or kafka",
            "postgres",
            (s, v) => v is "postgres" or "kafka" && Set(() => s.EventLog.Kind = v),
            s => s.EventLog.Kind
        ),
        new(
            "EventLog:Bootstrap",
            "host:port, several with commas; needed for kafka",
            "127.0.0.1:9092",
            (s, v) => v.Split(',').All(IsHostAndPort) && Set(() => s.EventLog.Bootstrap = v),
            s => s.EventLog.Bootstrap
        ),
        new(
            "EventLog:Partitions",
            "a whole number, 1 to 256",
            "8",
            (s, v) => Number(v, 1, 256, n => s.EventLog.Partitions = n),
            s => Text(s.EventLog.Partitions)
        ),
        new(
            "MemberService:BaseUrl",
            "an absolute http or https address",
            "http://127.0.0.1:9700",
            (s, v) => IsHttp(v) && Set(() => s.MemberService.BaseUrl = v),
            s => s.MemberService.BaseUrl
        ),
        new(
            "MemberService:ApiKey",
            "ASCII text without blanks",
            "key-7f3a",
            (s, v) => v.All(c => c is > ' ' and < '\u007f') && Set(() => s.MemberService.ApiKey = v),
            s => s.MemberService.ApiKey
        )
        {
            Secret = true,
        },
        new(
            "MemberService:Timeout",
            "100ms to 120s",
            "30s",
            (s, v) => Span(v, 0.1, 120, d => s.MemberService.Timeout = d),
            s => Durations.Format(s.MemberService.Timeout)
        ),
        new(
            "MemberService:MaxItems",
            "a whole number, 1 to 500",
            "500",
            (s, v) => Number(v, 1, 500, n => s.MemberService.MaxItems = n),
            s => Text(s.MemberService.MaxItems)
        ),
        new(
            "MemberService:MaxInFlight",
            "a whole number, 1 to 64",
            "4",
            (s, v) => Number(v, 1, 64, n => s.MemberService.MaxInFlight = n),
            s => Text(s.MemberService.MaxInFlight)
        ),
        new(
            "MemberService:DoubtDelays",
            "one to twenty lengths of time, each 10ms to 24h; the last one repeats",
            "1m,2m,4m,8m,16m,32m,60m",
            TakeDoubtDelays,
            s => string.Join(',', s.MemberService.DoubtDelays.Select(Durations.Format))
        ),
        new(
            "StudyRefund:Cron",
            "a Quartz cron expression of 6 or 7 fields, in Asia/Seoul",
            "0 0 3 * * ?",
            (s, v) => CronExpression.IsValidExpression(v) && Set(() => s.StudyRefund.Cron = v),
            s => s.StudyRefund.Cron
        ),
        new(
            "StudyRefund:RetryDelays",
            "three lengths of time, each 10ms to 24h",
            "2m,4m,8m",
            TakeDelays,
            s => string.Join(',', s.StudyRefund.RetryDelays.Select(Durations.Format))
        ),
        new(
            "StudyRefund:CancelQuietPeriod",
            "1s to 24h",
            "10m",
            (s, v) => Span(v, 1, 86_400, d => s.StudyRefund.CancelQuietPeriod = d),
            s => Durations.Format(s.StudyRefund.CancelQuietPeriod)
        ),
        new(
            "Api:Urls",
            "http or https addresses to listen on, without a path, several with semicolons",
            "http://127.0.0.1:8080",
            (s, v) => v.Split(';').All(IsListenAddress) && Set(() => s.Api.Urls = v),
            s => s.Api.Urls
        ),
        new(
            "Otlp:Endpoint",
            "an absolute http or https address of an OTLP collector (gRPC)",
            "http://127.0.0.1:4317",
            (s, v) => IsHttp(v) && Set(() => s.Otlp.Endpoint = v),
            s => s.Otlp.Endpoint
        ),
        new(
            "Redis:Configuration",
            "host:port, several with commas",
            "127.0.0.1:6379",
            (s, v) => v.Length > 0 && Set(() => s.Redis.Configuration = v),
            s => s.Redis.Configuration
        )
        {
            Secret = true,
        },
    ];

    public static SettingRule Of(string key) => All.Single(rule => rule.Key == key);

    private static bool TakeDelays(Settings settings, string value) =>
        Durations.TryParseList(value, out var delays)
        && delays.Length == 3
        && delays.All(d => d >= TimeSpan.FromMilliseconds(10) && d <= TimeSpan.FromHours(24))
        && Set(() => settings.StudyRefund.RetryDelays = delays);

    private static bool TakeDoubtDelays(Settings settings, string value) =>
        Durations.TryParseList(value, out var delays)
        && delays.Length is > 0 and <= 20
        && delays.All(d => d >= TimeSpan.FromMilliseconds(10) && d <= TimeSpan.FromHours(24))
        && Set(() => settings.MemberService.DoubtDelays = delays);

    internal static bool IsPostgres(string value)
    {
        try
        {
            var parsed = new NpgsqlConnectionStringBuilder(value);
            // Rules over several keywords are told by the source and not by the builder.
            using var source = NpgsqlDataSource.Create(parsed);
            return parsed.Host is { Length: > 0 }
                && parsed.Username is { Length: > 0 }
                && parsed.Database is { Length: > 0 };
        }
        catch (Exception e)
            when (e
                    is ArgumentException
                        or FormatException
                        or KeyNotFoundException
                        or NotSupportedException
                        or InvalidOperationException
                        or OverflowException
            )
        {
            return false;
        }
    }

    private static bool IsHttp(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.UserInfo.Length == 0;

    internal static bool IsListenAddress(string value)
    {
        var spelled = value
            .Replace("://*", "://any", StringComparison.Ordinal)
            .Replace("://+", "://any", StringComparison.Ordinal);
        return IsHttp(spelled) && new Uri(spelled) is { PathAndQuery: "/", Fragment: "" };
    }

    private static bool IsHostAndPort(string value)
    {
        var colon = value.LastIndexOf(':');
        return colon > 0
            && ushort.TryParse(value[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }

    private static bool Number(string value, int least, int most, Action<int> set) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= least
        && number <= most
        && Set(() => set(number));

    private static bool Span(string value, double leastSeconds, double mostSeconds, Action<TimeSpan> set) =>
        Durations.TryParse(value, out var span)
        && span.TotalSeconds >= leastSeconds
        && span.TotalSeconds <= mostSeconds
        && Set(() => set(span));

    private static bool Set(Action set)
    {
        set();
        return true;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
