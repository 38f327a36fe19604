using System.Diagnostics;

namespace EventSettlement.Messaging.Timers;

/// <summary>
/// Compares how far the database's clock and this process's monotonic one went between two polls. A difference of more
/// than 30 s is a jump: timers pause until the clock went steadily for a minute, and a person is told.
/// </summary>
public sealed class ClockGuard(TimeSpan? steadyFor = null)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly TimeSpan _steadyFor = steadyFor ?? TimeSpan.FromMinutes(1);
    private (DateTimeOffset Database, TimeSpan Monotonic)? _last;
    private TimeSpan? _jumpedAt;

    public bool Paused => _jumpedAt is not null;

    /// <summary>Answers how far the clocks departed since the last poll when that is a jump, else null.</summary>
    public TimeSpan? Observe(DateTimeOffset database, TimeSpan monotonic)
    {
        var last = _last;
        _last = (database, monotonic);
        if (last is not { } before)
            return null;
        var departed = database - before.Database - (monotonic - before.Monotonic);
        if (departed.Duration() > Limit)
        {
            _jumpedAt = monotonic;
            return departed;
        }

        if (_jumpedAt is { } jumped && monotonic - jumped >= _steadyFor)
            _jumpedAt = null;
        return null;
    }

    public static TimeSpan Monotonic() => Stopwatch.GetElapsedTime(0);
}
