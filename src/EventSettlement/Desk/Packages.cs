using EventSettlement.Platform;

namespace EventSettlement.Desk;

/// <summary>Programs that this machine must have: installed where that is allowed, else the command to type.</summary>
internal static class Packages
{
    public static void NeedPostgres(Action<string> say)
    {
        if (LocalPostgres.FindBinaries() is null)
            Install(say, "postgresql", () => LocalPostgres.FindBinaries() is not null);
    }

    public static void NeedForKafka(Action<string> say)
    {
        if (Shell.Find("java") is null)
            Install(say, "default-jre-headless", () => Shell.Find("java") is not null);
    }

    private static void Install(Action<string> say, string package, Func<bool> isThere)
    {
        var command = $"apt-get install -y --no-install-recommends {package}";
        if (Shell.Find("apt-get") is { } apt && Environment.IsPrivilegedProcess)
        {
            say($"Installing the Debian package {package} ({command})");
            var environment = "DEBIAN_FRONTEND=noninteractive";
            Shell.Run("env", [environment, apt, "update", "-q"]);
            Shell.Run("env", [environment, apt, "install", "-y", "--no-install-recommends", package]);
        }
        if (!isThere())
            throw new InvalidOperationException($"{package} is missing. Type: sudo {command}");
    }
}
