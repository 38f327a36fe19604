using System.Diagnostics.Tracing;
using System.Globalization;

namespace EventSettlement.Platform;

/// <summary>
/// Says in the log, at most once a minute, what keeps spans and metrics from their collector. The exporter itself tells
/// it to nobody: a collector at the wrong port would only stay empty.
/// </summary>
internal sealed partial class ExportTrouble(ILogger log, TimeProvider clock) : EventListener
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private long? _toldAt;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "OpenTelemetry-Exporter-OpenTelemetryProtocol")
            EnableEvents(eventSource, EventLevel.Warning);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        lock (_lock)
        {
            if (_toldAt is { } before && clock.GetElapsedTime(before) < Between)
                return;
            _toldAt = clock.GetTimestamp();
        }

        var what = string.Format(
            CultureInfo.InvariantCulture,
            eventData.Message ?? "{0}",
            [.. eventData.Payload ?? (IEnumerable<object?>)[""]]
        );
        // An exception stands in it with all its lines; the first one says it.
        NotArriving(what.Split('\n')[0].Trim());
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Spans and metrics do not reach Otlp:Endpoint: {What}")]
    private partial void NotArriving(string what);
}
