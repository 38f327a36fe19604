using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EventSettlement.IntegrationTests.Contracts;

namespace EventSettlement.IntegrationTests.Cli;

/// <summary>The command line as a process among others: its environment, its streams, who reads them.</summary>
[Collection(ConsoleTests.Name)]
public sealed class ShellTests(SettledInstallation installation) : IClassFixture<SettledInstallation>, IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "settle.dll");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shell");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("run list")]
    [InlineData("doctor")]
    public async Task A_proxy_in_the_environment_is_not_asked_for_what_is_on_this_machine(string line)
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)proxy.LocalEndpoint).Port}";
        using var _ = installation.AsEnvironment(_folder.FullName);
        await using var settle = StartedProcess.Settle(
            line,
            new Dictionary<string, string>
            {
                ["http_proxy"] = address,
                ["HTTP_PROXY"] = address,
                ["all_proxy"] = address,
                ["no_proxy"] = "",
            }
        );
        Assert.NotEmpty(await settle.Succeeds());
        Assert.False(proxy.Pending(), "the proxy was asked");
    }

    [Theory]
    [InlineData("en_US.ISO-8859-1")]
    [InlineData("ko_KR.eucKR")]
    [InlineData("C")]
    public async Task Csv_is_the_same_bytes_whatever_the_locale(string locale)
    {
        await installation.Take(SettledInstallation.Fact("스터디-" + locale, "회원-가"));
        Assert.Equal((0, ""), await installation.Ended("run start study-refund --date 2026-11-21 --watch"));
        var told = Path.Combine(_folder.FullName, "items.csv");
        Assert.Equal(0, await Shell($"$SETTLE settlement items --member 회원-가 --output csv > {told}", locale));
        var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(await File.ReadAllBytesAsync(told));
        Assert.Contains($",스터디-{locale},회원-가,", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_ends_when_its_reader_has_gone()
    {
        await installation.Take(SettledInstallation.Fact("S-WATCHED", "M-1"));
        Assert.Equal(
            (0, ""),
            await installation.Ended("run start study-refund --date 2026-11-21 --pay-at 2031-01-01T00:00:00+09:00")
        );
        await SettledInstallation.Until(async () =>
            (await installation.Column("settlement list --subject S-WATCHED", "state")) is ["PENDING"]
        );
        var id = await installation.SettlementOf("S-WATCHED");
        var run = (await installation.Column("settlement list --subject S-WATCHED", "run_id")).Single();
        Assert.Equal(0, await Shell($"$SETTLE run watch {run} | head -1 > /dev/null"));
        Assert.Equal((0, ""), await installation.Ended($"settlement cancel {id} --reason over"));
        Assert.Equal((0, ""), await installation.Ended($"run watch {run}"));
    }

    [Fact]
    public async Task Streams_that_are_closed_end_a_verb_and_never_abort_it()
    {
        Assert.Equal(1, await Shell("$SETTLE settlement list --output csv >&-"));
        Assert.Equal(2, await Shell("$SETTLE nonsense 2>&-"));
        Assert.Equal(0, await Shell("$SETTLE settlement list --output csv > /dev/null <&-"));
    }

    /// <returns>How the line ended; a minute and a half is never.</returns>
    private async Task<int> Shell(string line, string locale = "C.UTF-8")
    {
        using var _ = installation.AsEnvironment(_folder.FullName);
        var start = new ProcessStartInfo("bash", ["-c", line]);
        (start.Environment["SETTLE"], start.Environment["LC_ALL"]) = ($"dotnet {Program}", locale);
        start.WorkingDirectory = _folder.FullName;
        using var process = Process.Start(start)!;
        try
        {
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(90));
            return process.ExitCode;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
