using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EventSettlement.Messaging.Hosting;

/// <summary>Groups of this process that do not read what they should, and why; told by the log.</summary>
public sealed class GroupTroubles
{
    private readonly ConcurrentDictionary<string, string> _reasons = new();

    /// <summary>Of any group that has one; null = all read.</summary>
    public string? First => _reasons.Select(one => $"{one.Key} does not read: {one.Value}").FirstOrDefault();

    /// <summary>Keeps it, and tells the log and a person of a reason.</summary>
    /// <param name="reason">Null = it reads again.</param>
    /// <param name="next">What a person is to do.</param>
    internal void Tell(string group, string? reason, string next, MessagingOptions options, ILogger log)
    {
        Set(group, reason);
        if (reason is null)
            return;
        log.LogError("{Group} does not read what it should: {Reason}", group, reason);
        options.OnAlert("group_not_reading", group, $"{group} does not read what it should: {reason}.", next);
    }

    private void Set(string group, string? reason)
    {
        if (reason is null)
            _reasons.TryRemove(group, out _);
        else
            _reasons[group] = reason;
    }
}
