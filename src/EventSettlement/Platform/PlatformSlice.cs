namespace EventSettlement.Platform;

/// <summary>Database, settings and telemetry.</summary>
public static class PlatformSlice
{
    public static readonly Slice Slice = new("platform")
    {
        Settings = PlatformSettings.All,
        Check = PlatformSettings.Check,
        Add = Add,
    };

    private static void Add(ServerProcess server)
    {
        server
            .Services.AddSingleton(server.Settings)
            .AddSingleton(_ => new Database(server.Settings.Get(PlatformSettings.Main)))
            .AddSingleton(services => services.GetRequiredService<Database>().Hot)
            .AddTelemetry(server.Settings, string.Join(',', server.Roles));
    }
}
