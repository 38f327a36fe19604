using System.Diagnostics;
using System.Diagnostics.Metrics;
using EventSettlement.Platform.Configuration;
using Microsoft.Extensions.Logging.Console;
using Npgsql;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace EventSettlement.Platform;

/// <summary>
/// Metrics for whoever scrapes them; traces and metrics out by OTLP where an endpoint is configured; logs as lines on
/// the console.
/// </summary>
public static class Telemetry
{
    private const string Ours = "EventSettlement.*";

    public static IServiceCollection AddTelemetry(this IServiceCollection services, Settings settings, string roles)
    {
        var telemetry = services
            .AddOpenTelemetry()
            .ConfigureResource(r =>
                r.AddService("settle", serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString(3))
                    .AddAttributes([new KeyValuePair<string, object>("settle.roles", roles)])
            )
            .WithMetrics(m =>
                m.AddMeter(Ours)
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddNpgsqlInstrumentation()
                    .AddRuntimeInstrumentation()
                    .AddProcessInstrumentation()
                    .AddView(InThePlural)
                    .AddPrometheusExporter(o => o.ScopeInfoEnabled = false)
            );
        if (settings.Get(PlatformSettings.OtlpEndpoint).Length > 0)
            telemetry
                .WithMetrics(m =>
                    m.AddInstrumentation(s => new ExportTrouble(
                            s.GetRequiredService<ILogger<ExportTrouble>>(),
                            TimeProvider.System
                        ))
                        .AddOtlpExporter(o => To(o, settings, "metrics"))
                )
                .WithTracing(t =>
                    t.AddSource(Ours, "MassTransit")
                        .AddAspNetCoreInstrumentation(o => o.Filter = IsWork)
                        .AddHttpClientInstrumentation()
                        .AddNpgsql()
                        .AddOtlpExporter(o => To(o, settings, "traces"))
                );
        return services;
    }

    /// <summary>
    /// A pool whose metrics go by its application's name. A statement has a span where it is part of something that
    /// has one: all others are the loops' looks for work, which an idle server makes dozens of a second.
    /// </summary>
    public static NpgsqlDataSource Watched(this NpgsqlConnectionStringBuilder pool) =>
        new NpgsqlDataSourceBuilder(pool.ConnectionString) { Name = pool.ApplicationName }
            .ConfigureTracing(o =>
                o.ConfigureCommandFilter(_ => Activity.Current is not null)
                    .ConfigureBatchFilter(_ => Activity.Current is not null)
                    .ConfigureCopyOperationFilter(_ => Activity.Current is not null)
                    .EnablePhysicalOpenTracing(false)
            )
            .Build();

    public static ILoggingBuilder AddLines(this ILoggingBuilder logging) =>
        logging
            .ClearProviders()
            .AddSimpleConsole(o =>
            {
                o.SingleLine = true;
                o.UseUtcTimestamp = true;
                o.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
                o.ColorBehavior = LoggerColorBehavior.Disabled;
            })
            .AddFilter("Microsoft", LogLevel.Warning)
            // What a start fails of is told by the command line, in one line.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical)
            .AddFilter("Quartz", LogLevel.Warning)
            .AddFilter("MassTransit", LogLevel.Warning)
            .AddFilter("System.Net.Http", LogLevel.Warning)
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);

    /// <summary>What Prometheus calls wrong: a number of things that ends like the count of a histogram.</summary>
    private static MetricStreamConfiguration? InThePlural(Instrument instrument)
    {
        const string count = ".count";
        if (
            !instrument.Name.EndsWith(count, StringComparison.Ordinal)
            || instrument is Counter<long> or ObservableCounter<long>
        )
            return null;
        var thing = instrument.Name[..^count.Length];
        return new MetricStreamConfiguration { Name = thing[^1] == 'y' ? thing[..^1] + "ies" : thing + "s" };
    }

    /// <summary>Neither a probe nor a page that stands open and is told what is new every second.</summary>
    private static bool IsWork(HttpContext http) =>
        !http.Request.Path.StartsWithSegments("/healthz")
        && !http.Request.Path.StartsWithSegments("/metrics")
        && http.Request.Headers.Accept != "text/event-stream";

    private static void To(OtlpExporterOptions options, Settings settings, string signal)
    {
        var endpoint = settings.Get(PlatformSettings.OtlpEndpoint);
        var http = settings.Get(PlatformSettings.OtlpProtocol) == "http";
        options.Protocol = http ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        // Over HTTP each signal has a path of its own behind the collector's address, over gRPC none has.
        options.Endpoint = new Uri(http ? $"{endpoint.TrimEnd('/')}/v1/{signal}" : endpoint);
    }
}
