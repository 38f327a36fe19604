using Microsoft.Extensions.Logging.Console;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace EventSettlement.Platform;

/// <summary>Traces and metrics out by OTLP where an endpoint is configured; logs as lines on the console.</summary>
public static class Telemetry
{
    private static readonly string[] TraceSources =
    [
        "Microsoft.AspNetCore",
        "System.Net.Http",
        "Npgsql",
        "MassTransit",
        "EventSettlement.*",
    ];

    private static readonly string[] Meters =
    [
        "Microsoft.AspNetCore.Hosting",
        "System.Net.Http",
        "System.Runtime",
        "Npgsql",
        "MassTransit",
        "EventSettlement.*",
    ];

    public static IServiceCollection AddTelemetry(this IServiceCollection services, Settings settings, string roles)
    {
        if (settings.Otlp.Endpoint is not { Length: > 0 } endpoint)
            return services;
        var resource = ResourceBuilder
            .CreateDefault()
            .AddService("settle", serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString(3))
            .AddAttributes([new KeyValuePair<string, object>("settle.roles", roles)]);
        return services
            .AddSingleton(_ => new Exports(
                Sdk.CreateTracerProviderBuilder()
                    .SetResourceBuilder(resource)
                    .AddSource(TraceSources)
                    .AddOtlpExporter(o => To(o, endpoint))
                    .Build(),
                Sdk.CreateMeterProviderBuilder()
                    .SetResourceBuilder(resource)
                    .AddMeter(Meters)
                    .AddOtlpExporter(o => To(o, endpoint))
                    .Build()
            ))
            .AddHostedService<Lifetime>();
    }

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

    private static void To(OtlpExporterOptions options, string endpoint)
    {
        options.Endpoint = new Uri(endpoint);
        options.Protocol = OtlpExportProtocol.Grpc;
    }

    private sealed record Exports(TracerProvider Traces, MeterProvider Metrics) : IDisposable
    {
        public void Dispose()
        {
            Traces.Dispose();
            Metrics.Dispose();
        }
    }

    /// <summary>
    /// The providers listen from their creation to their disposal, so the host makes them at its start.
    /// </summary>
    private sealed class Lifetime(Exports exports) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(exports);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
