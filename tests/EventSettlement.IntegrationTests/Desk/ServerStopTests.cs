using System.Diagnostics;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.IntegrationTests.Fixtures;

namespace EventSettlement.IntegrationTests.Desk;

public sealed class ServerStopTests
{
    private const int KilledBySignal15 = 143;

    [Fact]
    public async Task A_server_ends_in_order_whenever_it_is_told_to()
    {
        await using var database = await TestDatabase.Create();
        var told = 0;
        for (var wait = 200; wait <= 2_600; wait += 300)
        {
            using var server = Start(database, "http://127.0.0.1:0");
            var (said, wrong) = (server.StandardOutput.ReadToEndAsync(), server.StandardError.ReadToEndAsync());
            using var moment = new PeriodicTimer(TimeSpan.FromMilliseconds(wait));
            await moment.WaitForNextTickAsync();
            await Signals.Send("TERM", server.Id);
            await server.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));

            // Before its first line of code the system ends it.
            if (server.ExitCode == KilledBySignal15 && (await said).Length == 0)
                continue;
            told++;
            Assert.Equal(("", 0), (await wrong, server.ExitCode));
            Assert.DoesNotContain("Exception", await said, StringComparison.Ordinal);
        }

        Assert.True(told > 0, "it was never told to stop, only ended by the system");
    }

    /// <summary>One of its settings is a pipe, so that it stands still at the same line each time.</summary>
    [Fact]
    public async Task A_server_that_is_told_to_stop_while_it_reads_its_settings_ends_with_0()
    {
        await using var database = await TestDatabase.Create();
        var secrets = Directory.CreateTempSubdirectory("settle-stop-").FullName;
        var setting = Path.Combine(secrets, "Logging__LogLevel__Default");
        using (var pipe = Process.Start("mkfifo", setting))
            await pipe.WaitForExitAsync();
        using var server = Start(database, "http://127.0.0.1:0", secrets);
        var (said, wrong) = (server.StandardOutput.ReadToEndAsync(), server.StandardError.ReadToEndAsync());
        // The first line waits until somebody reads.
        const string script = """
            exec 3>"$0"; kill -TERM "$1"; printf Information >&3; exec 3>&-
            while :; do printf Information >"$0"; done
            """;
        using var writer = Process.Start("bash", ["-c", script, setting, $"{server.Id}"]);

        await server.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        writer.Kill();

        Assert.Equal(("", 0), (await wrong, server.ExitCode));
        Assert.DoesNotContain("Exception", await said, StringComparison.Ordinal);
        Directory.Delete(secrets, recursive: true);
    }

    [Fact]
    public async Task A_server_that_cannot_listen_where_it_should_ends_with_1_and_says_so()
    {
        await using var database = await TestDatabase.Create();
        using var server = Start(database, "http://192.0.2.1:8080");
        var (said, wrong) = (server.StandardOutput.ReadToEndAsync(), server.StandardError.ReadToEndAsync());
        await server.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(1, server.ExitCode);
        Assert.StartsWith("Cannot listen on http://192.0.2.1:8080", await wrong, StringComparison.Ordinal);
        Assert.Contains("Api:Urls", await wrong, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", await wrong, StringComparison.Ordinal);
        await said;
    }

    private static Process Start(TestDatabase database, string urls, string? secrets = null) =>
        Process.Start(
            new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "settle.dll"), "serve"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment =
                {
                    ["EventSettlement__ConnectionStrings__Main"] = database.ConnectionString,
                    ["EventSettlement__Api__Urls"] = urls,
                    ["EventSettlement__Downstreams__member__BaseUrl"] = "http://127.0.0.1:1",
                    ["EventSettlement__Programmes__creator_revenue__Downstream"] = "member",
                    ["EVENTSETTLEMENT_SECRETS"] = secrets,
                },
            }
        )!;
}
