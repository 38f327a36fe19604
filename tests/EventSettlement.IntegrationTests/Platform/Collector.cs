using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace EventSettlement.IntegrationTests.Platform;

/// <summary>Takes what a server sends by OTLP: gRPC without TLS, or HTTP with protobuf.</summary>
public sealed class Collector : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, string Body)> _taken = new();
    private WebApplication? _app;

    public string Url { get; private set; } = "";

    /// <summary>Bodies as Latin-1 text: names stand in them as they are.</summary>
    public string[] Traces => Bodies("/v1/traces", "/opentelemetry.proto.collector.trace.v1.TraceService/Export");

    public string[] Metrics => Bodies("/v1/metrics", "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export");

    public static async Task<Collector> Start(string protocol)
    {
        var collector = new Collector();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(o =>
            o.ConfigureEndpointDefaults(e =>
                e.Protocols = protocol == "grpc" ? HttpProtocols.Http2 : HttpProtocols.Http1
            )
        );
        builder.Logging.ClearProviders();
        collector._app = builder.Build();
        collector._app.Run(collector.Take);
        await collector._app.StartAsync();
        collector.Url = collector._app.Urls.First();
        return collector;
    }

    public async ValueTask DisposeAsync() => await _app!.DisposeAsync();

    private async Task Take(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        _taken.Enqueue((http.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
        if (http.Request.ContentType != "application/grpc")
            return;
        // An empty message: not compressed, of length 0.
        http.Response.ContentType = "application/grpc";
        http.Response.DeclareTrailer("grpc-status");
        await http.Response.Body.WriteAsync(new byte[5]);
        http.Response.AppendTrailer("grpc-status", "0");
    }

    private string[] Bodies(params string[] paths) =>
        [.. _taken.Where(t => paths.Contains(t.Path)).Select(t => t.Body)];
}
