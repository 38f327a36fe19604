namespace EventSettlement.Views.Statistics;

/// <summary>What some views come to, or a sum is to have more or less.</summary>
internal readonly record struct ViewSum(long Views, long WatchedSeconds, long AdViews)
{
    public static ViewSum One(int seconds, bool withAd) => new(1, seconds, withAd ? 1 : 0);

    public static ViewSum operator +(ViewSum one, ViewSum other) =>
        new(one.Views + other.Views, one.WatchedSeconds + other.WatchedSeconds, one.AdViews + other.AdViews);

    public static ViewSum operator -(ViewSum sum) => new(-sum.Views, -sum.WatchedSeconds, -sum.AdViews);
}
