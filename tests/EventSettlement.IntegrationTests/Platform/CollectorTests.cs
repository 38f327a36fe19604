using System.Net.Http.Json;
using System.Text.Json.Nodes;
using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.IntegrationTests.Cli;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.Payouts;
using EventSettlement.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;

namespace EventSettlement.IntegrationTests.Platform;

/// <summary>What leaves a server by OTLP. Spans are the process's: nothing may run beside these tests.</summary>
[Collection(ConsoleTests.Name)]
public sealed class CollectorTests
{
    [Theory]
    [InlineData("grpc")]
    [InlineData("http")]
    public async Task An_idle_server_that_is_probed_sends_metrics_and_no_span(string protocol)
    {
        await using var collector = await Collector.Start(protocol);
        await Serve(
            collector,
            protocol,
            async client =>
            {
                // Longer than the slowest of the loops that look for work waits.
                for (var probes = 0; probes < 14; probes++)
                {
                    Assert.Equal("ready\n", await client.GetStringAsync("/healthz/ready"));
                    await client.GetStringAsync("/metrics");
                    await Task.Delay(500);
                }
            }
        );
        Assert.Empty(collector.Traces);
        Assert.Contains("messaging.parked", Assert.Single(collector.Metrics), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_counts_is_told_before_it_has_counted_anything()
    {
        await using var collector = await Collector.Start("http");
        var first = "";
        await Serve(collector, "http", async client => first = await client.GetStringAsync("/metrics"));
        Assert.All(
            [
                "messaging_parked_total{} 0",
                "messaging_fenced_total{} 0",
                "messaging_resent_total{} 0",
                "messaging_timers_fired_total{} 0",
                "settlement_guard_resent_total{kind=\"request\"} 0",
                "settlement_guard_resent_total{kind=\"timer\"} 0",
                "settlement_guard_resent_total{kind=\"part\"} 0",
                "ledger_watch_compared_total{} 0",
            ],
            line => Assert.Contains(line, first, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http")]
    public async Task A_request_is_a_trace_with_its_statements(string protocol)
    {
        await using var collector = await Collector.Start(protocol);
        await Serve(
            collector,
            protocol,
            async client => Assert.NotNull(await client.GetFromJsonAsync<JsonNode>("/v1/settlements"))
        );
        var spans = Assert.Single(collector.Traces);
        Assert.Contains("GET /v1/settlements", spans, StringComparison.Ordinal);
        Assert.Contains("FROM settlement", spans, StringComparison.Ordinal);
    }

    /// <summary>Until <paramref name="use"/> is done; at its end a server sends what it has not sent yet.</summary>
    private static async Task Serve(Collector collector, string protocol, Func<HttpClient, Task> use)
    {
        await using var database = await TestDatabase.Create();
        var settings = Server
            .Catalogue.Defaults.With(PlatformSettings.Main, database.ConnectionString)
            .With(PayoutSettings.BaseUrl, "member", "http://127.0.0.1:1")
            .With(ApiSettings.Urls, "http://127.0.0.1:0")
            .With(PlatformSettings.OtlpEndpoint, collector.Url)
            .With(PlatformSettings.OtlpProtocol, protocol);
        await using var app = Server.Build(settings, Roles.All, Server.Slices);
        var key = await app.Services.GetRequiredService<KeyStore>().Create("tester", Role.Viewer, default);
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        // Server and client are one process, and only the server's spans are meant.
        using (SuppressInstrumentationScope.Begin())
            await use(client);
        await app.StopAsync();
    }
}
