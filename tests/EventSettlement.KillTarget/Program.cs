using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EventSettlement.KillTarget;
using EventSettlement.KillTarget.Counters;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Sagas;
using EventSettlement.Platform;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

// A process that the kill tests kill: it counts effects of topic "in", forwards each message to topic "out" and sets
// timers; beside that it counts in sagas and tells of each count. Arguments: connection string, log, Kafka bootstrap
// (or -), topic prefix. It says "ready" and ends at SIGTERM.
var (connection, log, bootstrap, prefix) = (args[0], args[1], args[2], args[3]);
await using var pools = new Database(connection);
var options = new MessagingOptions
{
    Log = log,
    Bootstrap = bootstrap == "-" ? null : bootstrap,
    Partitions = 4,
};
options.OnAlert = (code, cause, message, _) => Console.WriteLine($"alert {code} {cause}: {message}");
var services = new ServiceCollection();
services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
services.AddSingleton(pools.Hot);
services.AddSingleton<Attempts>().AddSingleton<ISideTable<CounterRow>, CounterRows>();
services.AddMessaging(
    options,
    messaging =>
    {
        messaging.Topic(prefix + "in").Topic(prefix + "out").Topic(prefix + "bumped");
        messaging
            .Topology.Map(prefix + "counters", Json<Bump>())
            .Map(prefix + "counters", Json<CounterDue>())
            .Map(prefix + "bumped", Json<Bumped>());
        messaging.ConsumeSaga<CounterMachine, Counter, CounterMapper>("saga", prefix + "counters");
    }
);
services.AddSingleton(new ConsumerBinding("in", prefix + "in", _ => new ForwardingConsumer(prefix + "out")));
services.AddSingleton(new ConsumerBinding("out", prefix + "out", _ => new CountingConsumer()));
services.AddSingleton(new ConsumerBinding("bumped", prefix + "bumped", _ => new CountingConsumer()));
await using var provider = services.BuildServiceProvider();
var host = provider.GetRequiredService<MessagingHost>();
await host.StartAsync(CancellationToken.None);
var end = new TaskCompletionSource();
using var signal = PosixSignalRegistration.Create(
    PosixSignal.SIGTERM,
    context =>
    {
        context.Cancel = true;
        end.TrySetResult();
    }
);
Console.WriteLine("ready");
await end.Task;
await host.StopAsync(CancellationToken.None);

static JsonTypeInfo<T> Json<T>() => (JsonTypeInfo<T>)JsonSerializerOptions.Web.GetTypeInfo(typeof(T));
