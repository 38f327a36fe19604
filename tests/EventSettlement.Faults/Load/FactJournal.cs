using System.Text.Json;

namespace EventSettlement.Faults.Load;

/// <summary>
/// What was sent, written down before it is sent, and what was answered. A batch without an answer may have had its
/// effect or not; one with an answer must.
/// </summary>
internal sealed class FactJournal(string folder) : IDisposable
{
    private readonly StreamWriter _file = new(Path.Combine(folder, "facts.jsonl")) { AutoFlush = true };
    private readonly Lock _lock = new();
    private int _answered;

    public int Answered => Volatile.Read(ref _answered);

    public void Sent(int batch, string key, string way, IReadOnlyList<string> bodies) =>
        Write(
            new
            {
                at = DateTimeOffset.UtcNow,
                batch,
                key,
                way,
                bodies,
            }
        );

    public void Answer(int batch, string key, int status, string body, int facts)
    {
        if (status is 202)
            Interlocked.Add(ref _answered, facts);
        Write(
            new
            {
                at = DateTimeOffset.UtcNow,
                batch,
                key,
                status,
                body,
            }
        );
    }

    public void Dispose() => _file.Dispose();

    private void Write<T>(T line)
    {
        var text = JsonSerializer.Serialize(line);
        lock (_lock)
            _file.WriteLine(text);
    }
}
