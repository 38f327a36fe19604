using System.Diagnostics;

namespace EventSettlement.Messaging.Log.Kafka;

/// <summary>
/// Which log a group's topics are, asked beside the reading: one that was deleted and made anew has the same name, and
/// offsets too, and a client reads on in it as if nothing were.
/// </summary>
internal sealed class LogIdentities(IEventLog log, IReadOnlyCollection<string> topics)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private Task<Dictionary<string, string>>? _asked;
    private long _at = Stopwatch.GetTimestamp();

    /// <summary>By topic the log as it is, once it is known anew; else nothing. Does not wait.</summary>
    public IReadOnlyDictionary<string, string> Poll(CancellationToken cancel)
    {
        if (_asked is { IsCompleted: true } answered)
        {
            (_asked, _at) = (null, Stopwatch.GetTimestamp());
            if (answered.IsCompletedSuccessfully)
                return answered.Result;

            // Where the broker or the topic is away, reading has its own way of saying so.
            _ = answered.Exception;
        }
        else if (_asked is null && Stopwatch.GetElapsedTime(_at) > Interval)
        {
            _asked = Ask(cancel);
        }

        return new Dictionary<string, string>();
    }

    private async Task<Dictionary<string, string>> Ask(CancellationToken cancel)
    {
        var identities = new Dictionary<string, string>();
        foreach (var topic in topics)
            identities[topic] = await log.ReadIdentity(topic, cancel);
        return identities;
    }
}
