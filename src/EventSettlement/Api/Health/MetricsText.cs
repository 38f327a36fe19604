using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace EventSettlement.Api;

/// <summary>All meters of the product as Prometheus text: counters, gauges, and histograms as sum and count.</summary>
public sealed class MetricsText : IDisposable
{
    private const int MostSeries = 10_000;
    private readonly ConcurrentDictionary<(string Name, string Labels), Series> _series = new();
    private readonly MeterListener _listener = new();

    public MetricsText()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith("EventSettlement", StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Add(i, value, tags));
        _listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Add(i, value, tags));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Add(i, value, tags));
        _listener.Start();
    }

    public string Render()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var named in _series.OrderBy(s => s.Key).GroupBy(s => s.Key.Name))
        {
            var kind = named.First().Value.Kind;
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {named.Key} {kind}\n");
            foreach (var ((name, labels), series) in named)
                if (kind == "summary")
                    text.Append(
                        CultureInfo.InvariantCulture,
                        $"{name}_sum{labels} {series.Sum}\n{name}_count{labels} {series.Count}\n"
                    );
                else
                    text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {series.Sum}\n");
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var type = instrument.GetType().Name;
        var kind =
            type.StartsWith("Histogram", StringComparison.Ordinal) ? "summary"
            : type.Contains("Gauge", StringComparison.Ordinal) || type.Contains("UpDown", StringComparison.Ordinal)
                ? "gauge"
            : "counter";
        var name = (instrument.Name.Replace('.', '_').Replace('-', '_'), Labels(tags));
        if (_series.Count < MostSeries || _series.ContainsKey(name))
            _series
                .GetOrAdd(name, _ => new Series(kind))
                .Add(value, whole: instrument.IsObservable || type.StartsWith("Gauge", StringComparison.Ordinal));
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length == 0)
            return "";
        var text = new StringBuilder("{");
        foreach (var (key, value) in tags)
            text.Append(text.Length > 1 ? "," : "")
                .Append(key.Replace('.', '_'))
                .Append("=\"")
                .Append(Escaped(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""))
                .Append('"');
        return text.Append('}').ToString();
    }

    private static string Escaped(string value) =>
        value
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);

    private sealed class Series(string kind)
    {
        private readonly Lock _lock = new();

        public string Kind { get; } = kind;

        public double Sum { get; private set; }

        public long Count { get; private set; }

        public void Add(double value, bool whole)
        {
            lock (_lock)
            {
                Sum = whole ? value : Sum + value;
                Count++;
            }
        }
    }
}
