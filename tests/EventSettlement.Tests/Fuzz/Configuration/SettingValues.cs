namespace EventSettlement.Tests.Fuzz.Configuration;

/// <summary>For each key what is right and what is wrong, written down by hand.</summary>
internal static class SettingValues
{
    private static readonly string[] WrongCounts = ["0", "-1", "1e1", "0x8", "8.0", "99999999999999999999", "eight"];

    public static readonly (string Key, bool Secret, string[] Right, string[] Wrong)[] All =
    [
        (
            "ConnectionStrings:Main",
            true,
            ["Host=h;Username=u;Password=p4ssw0rd;Database=d", "Server=127.0.0.1;User Id=u;Database=d;Port=5433"],
            [
                "hidden-text",
                "Host=h;Database=d",
                "Host=h;Username=u",
                "Username=u;Database=d",
                "=;=",
                "Host=h;Username=u;Database=d;Nonsense=hidden-text",
                "Host=h;Username=u;Database=d;Port=99999999999",
                "Host=h;Username=u;Database=d;Port=x",
                "Host=h;Username=u;Database=d;SSL Mode=hidden-text",
                "Host=h;Username=u;Database=d;Minimum Pool Size=9;Maximum Pool Size=2",
            ]
        ),
        ("EventLog:Kind", false, ["postgres", "kafka"], ["Postgres", "rabbit", "postgres,kafka", "1"]),
        (
            "EventLog:Bootstrap",
            false,
            ["127.0.0.1:9092", "a:1,b:65535"],
            ["a", ":1", "a:", "a:65536", "a:-1", "a:1,", ","]
        ),
        ("EventLog:Partitions", false, ["1", "8", "256", " 16 "], [.. WrongCounts, "257"]),
        (
            "Downstreams:member:BaseUrl",
            false,
            ["http://127.0.0.1:9700", "https://m.example/base/"],
            ["ftp://m", "m.example", "http://", "//m", "/v1", "http://user:pass@m", "http://m:99999", "http://[::1"]
        ),
        (
            "Downstreams:member:ApiKey",
            true,
            ["key-7", "a.b/c+d=="],
            ["hidden\u0001text", "hidden text", "hidden가나다"]
        ),
        (
            "Downstreams:member:Timeout",
            false,
            ["100ms", "5s", "120s", "2m", "00:00:30"],
            ["0", "99ms", "121s", "30", "-1s", "1h", "s", "1 000ms", "..s", "1.2.3s", "10675200.00:00:00", "1e1s"]
        ),
        ("Programmes:creator-revenue:Downstream", false, ["member"], ["Member", "-m", "a b", ""]),
        ("Downstreams:member:MaxItems", false, ["1", "500"], [.. WrongCounts, "501"]),
        ("Downstreams:member:MaxInFlight", false, ["1", "64"], [.. WrongCounts, "65"]),
        (
            "Payouts:DoubtDelays",
            false,
            ["1m", "1m,2m,4m", "1s,2s,3s,4s,5s,6s,7s,8s,9s,10s,11s,12s", string.Join(',', Enumerable.Repeat("1s", 20))],
            [string.Join(',', Enumerable.Repeat("1s", 21)), "1m,,2m", "1m,", "9ms", "25h", "often"]
        ),
        (
            "Programmes:study-refund:Cron",
            false,
            ["0 0 3 * * ?", "0 0/5 9-17 ? * MON-FRI", "0 0 3 L * ?", "0 0 3 1 1 ? 2030"],
            ["* * * * *", "0 0 3 * * *", "0 0 25 * * ?", "x", "? ? ? ? ? ?", "0 0 3 32 * ?", "0 0 3 * * ? 2030 1"]
        ),
        (
            "Programmes:study-refund:RetryDelays",
            false,
            ["2m,4m,8m", "10ms, 1s, 24h", "00:02:00,4m,8m"],
            ["2m", "2m,4m", "2m,4m,8m,16m", "2m;4m;8m", "9ms,1s,1s", "1s,1s,25h", "a,b,c"]
        ),
        ("Payouts:CancelQuietPeriod", false, ["10m", "00:20:00", "24h"], ["25h", "999ms", "10", "-10m", "soon"]),
        ("Payouts:MaxItem", false, ["1", "9007199254740991"], [.. WrongCounts, "9007199254740992", "1,000"]),
        ("Payouts:MaxRun", false, ["1", "1000000000000000000"], [.. WrongCounts, "1000000000000000001", "1,000"]),
        (
            "Api:Urls",
            false,
            ["http://127.0.0.1:8080", "http://*:80;https://+:443", "http://[::1]:0"],
            [
                "8080",
                "http://a b",
                "unix:/tmp/x",
                "http://127.0.0.1:8080;",
                ";",
                "http://127.0.0.1:70000",
                "http://127.0.0.1:8080/base",
            ]
        ),
        ("Otlp:Endpoint", false, ["http://127.0.0.1:4317", "https://o.example"], ["127.0.0.1:4317", "grpc://o", "o"]),
        ("Otlp:Protocol", false, ["grpc", "http"], ["HTTP", "http/protobuf", "4318"]),
    ];
}
