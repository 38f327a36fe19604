using System.Buffers;
using System.Text.Json;

namespace EventSettlement.Sandbox;

/// <summary>
/// Append-only JSON lines, one a credit. Callers that come together share one fsync: whoever waits is let go when the
/// flush that holds its lines is on the disk.
/// </summary>
internal sealed class Journal : IAsyncDisposable
{
    private readonly FileStream _file;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _something = new(0, 1);
    private readonly Task _writing;
    private ArrayBufferWriter<byte> _open = new(1 << 20);
    private ArrayBufferWriter<byte> _spare = new(1 << 20);
    private TaskCompletionSource _flushed = New();
    private volatile bool _closing;

    private Journal(FileStream file)
    {
        _file = file;
        _writing = Task.Run(WriteOn);
    }

    /// <summary>
    /// Opens the file and reads back what it holds. A last line that was torn by a crash is cut off: nobody was
    /// answered.
    /// </summary>
    public static Journal Open(string path, Action<string, Credit> found)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 1 << 16);
        var whole = JournalReader.Read(file, found);
        file.SetLength(whole);
        file.Position = whole;
        return new Journal(file);
    }

    /// <summary>
    /// Adds a line; call under the same lock that decided the credit. It is safe when the task has ended.
    /// </summary>
    public Task Append(string key, Credit credit, string? reference)
    {
        lock (_lock)
        {
            using (var json = new Utf8JsonWriter(_open))
            {
                json.WriteStartObject();
                json.WriteString("key", key);
                json.WriteString("memberId", credit.MemberId);
                json.WriteNumber("amount", credit.Amount);
                json.WriteString("currency", credit.Currency);
                json.WriteString("transactionId", credit.TransactionId);
                if (reference is not null)
                    json.WriteString("reference", reference);
                json.WriteString("at", TimeProvider.System.GetUtcNow());
                json.WriteEndObject();
            }

            _open.Write("\n"u8);
            return _flushed.Task;
        }
    }

    /// <summary>Wakes the writer; once a call, not once a line.</summary>
    public void Flush()
    {
        lock (_lock)
            if (_something.CurrentCount == 0)
                _something.Release();
    }

    /// <summary>Ends when everything appended so far is on the disk.</summary>
    public Task Flushed()
    {
        lock (_lock)
            return _open.WrittenCount == 0 ? _lastFlush : _flushed.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _closing = true;
        Flush();
        await _writing;
        await _file.DisposeAsync();
        _something.Dispose();
    }

    private Task _lastFlush = Task.CompletedTask;

    private async Task WriteOn()
    {
        while (!_closing || _open.WrittenCount > 0)
        {
            await _something.WaitAsync();
            ArrayBufferWriter<byte> full;
            TaskCompletionSource done;
            lock (_lock)
            {
                (full, _open) = (_open, _spare);
                (done, _flushed) = (_flushed, New());
                _lastFlush = done.Task;
            }

            if (full.WrittenCount > 0)
            {
                _file.Write(full.WrittenSpan);
                _file.Flush(flushToDisk: true);
                full.ResetWrittenCount();
            }

            _spare = full;
            done.SetResult();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
