using System.Collections.Concurrent;
using EventSettlement.Platform;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace EventSettlement.Tests.Platform;

public sealed class ExportTroubleTests : ILogger
{
    private readonly ConcurrentQueue<string> _said = new();
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void A_collector_that_is_not_there_is_told_once_a_minute()
    {
        using var trouble = new ExportTrouble(this, _clock);
        Export();
        Export();
        var told = Assert.Single(_said);
        Assert.StartsWith("Spans and metrics do not reach Otlp:Endpoint: ", told, StringComparison.Ordinal);
        Assert.Contains("http://127.0.0.1:1/", told, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', told);
        _clock.Advance(TimeSpan.FromSeconds(59));
        Export();
        Assert.Single(_said);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Export();
        Assert.Equal(2, _said.Count);
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => _said.Enqueue(formatter(state, exception));

    private static void Export()
    {
        using var meter = new System.Diagnostics.Metrics.Meter("EventSettlement.Tests.Export");
        using var metrics = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddOtlpExporter(o => o.Endpoint = new Uri("http://127.0.0.1:1"))
            .Build();
        meter.CreateCounter<int>("counted").Add(1);
        metrics.ForceFlush();
    }
}
