using System.Collections.Concurrent;

namespace EventSettlement.Messaging.Hosting;

/// <summary>Groups of this process that do not read what they should, and why; told by the log.</summary>
public sealed class GroupTroubles
{
    private readonly ConcurrentDictionary<string, string> _reasons = new();

    /// <summary>Of any group that has one; null = all read.</summary>
    public string? First => _reasons.Select(one => $"{one.Key} does not read: {one.Value}").FirstOrDefault();

    /// <param name="reason">Null = it reads again.</param>
    internal void Set(string group, string? reason)
    {
        if (reason is null)
            _reasons.TryRemove(group, out _);
        else
            _reasons[group] = reason;
    }
}
