using EventSettlement.Faults.Load;

namespace EventSettlement.Faults.Injection;

/// <summary>What is done to views so that their rarer moments come.</summary>
internal static class ViewWork
{
    // Any sum will do: whatever it was before, the rebuild has to find and mend it.
    private const string Spoil = "UPDATE view_content_day SET views = views + 1 WHERE content_id = 'C-0'";

    /// <summary>Blocks are joined where many small ones came, so they come one by one.</summary>
    public static async Task<bool> SendSome(Scene scene)
    {
        await scene.Views.Send();
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        return true;
    }

    public static async Task<bool> Rebuild(Scene scene)
    {
        if (await scene.Count("SELECT count(*) FROM view_content_day WHERE content_id = 'C-0'") == 0)
            return false;
        await scene.Execute(Spoil);
        var today = DateTime.UtcNow.AddHours(9);
        var days = new { from = $"{today.AddDays(-30):yyyy-MM-dd}", to = $"{today.AddDays(1):yyyy-MM-dd}" };
        return (await scene.Desk.Ask("v1/view-statistics/rebuild", days)).Status == 200;
    }
}
