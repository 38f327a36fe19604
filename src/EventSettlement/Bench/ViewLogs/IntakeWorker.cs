using System.CommandLine;
using System.Text.Json;
using EventSettlement.Cli;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Platform;
using EventSettlement.Views;
using EventSettlement.Views.Intake;
using EventSettlement.Views.Seen;
using Microsoft.Extensions.Logging.Console;

namespace EventSettlement.Bench.ViewLogs;

/// <summary>
/// The process that <c>settle bench views</c> measures: the intake as a server runs it, and nothing else, so that its
/// memory is the intake's. It is told what to do on standard input and ends with it.
/// </summary>
internal static class IntakeWorker
{
    public const string Name = "views-worker";
    public const string Ready = "ready";
    public const string Stopped = "stopped";

    public static Command Command()
    {
        var verb = new Command(Name, "A process that settle bench views starts.") { Hidden = true };
        verb.SetAction((_, cancel) => Run(cancel));
        return verb;
    }

    private static async Task<int> Run(CancellationToken cancel)
    {
        Database? database = null;
        SeenBuckets? seen = null;
        try
        {
            Console.WriteLine(Ready);
            while (await Console.In.ReadLineAsync(cancel) is { } line)
            {
                var work =
                    JsonSerializer.Deserialize<IntakeWork>(line)
                    ?? throw new CliException(ExitCode.Usage, "a worker takes its work as one line of JSON");
                database ??= new Database(work.Database);
                seen = work.Anew || seen is null ? new SeenBuckets(database) : seen;
                var goesOn = await Work(work, database, seen, cancel);
                // A server begins once: what each beginning here leaves behind would count as memory of the intake.
                GC.Collect();
                Console.WriteLine(Stopped);
                if (!goesOn)
                    break;
            }
        }
        finally
        {
            if (database is not null)
                await database.DisposeAsync();
        }

        return ExitCode.Ok;
    }

    /// <returns>False when nobody will tell it to do more.</returns>
    private static async Task<bool> Work(IntakeWork work, Database database, SeenBuckets seen, CancellationToken cancel)
    {
        await using var services = Services(work, database, seen);
        var host = services.GetRequiredService<MessagingHost>();
        await host.StartAsync(cancel);
        var end = await Console.In.ReadLineAsync(cancel);
        await host.StopAsync(cancel);
        return end is not null;
    }

    private static ServiceProvider Services(IntakeWork work, Database database, SeenBuckets seen)
    {
        var keep = work.KeepRaw ? TimeSpan.FromDays(70) : TimeSpan.Zero;
        var services = new ServiceCollection()
            .AddLogging(logging => logging.AddLines().SetMinimumLevel(LogLevel.Warning))
            // Standard output is for the words that whoever started it waits for.
            .Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .AddSingleton(database)
            .AddSingleton(database.Hot)
            .AddSingleton(seen)
            .AddSingleton(new ViewRules(TimeSpan.FromDays(35), TimeSpan.FromHours(1), keep));
        services.AddMessaging(
            new MessagingOptions
            {
                Log = "kafka",
                Bootstrap = work.Broker,
                Relay = false,
            },
            messaging =>
                messaging
                    .SharedTopic(work.Topic)
                    .ConsumeBulk(work.Group, work.Topic, all => ActivatorUtilities.CreateInstance<ViewIntake>(all))
        );
        return services.BuildServiceProvider();
    }
}
