using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text.Json;
using EventSettlement.Platform;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EventSettlement.Sandbox;

/// <summary>
/// <c>settle sandbox --urls http://127.0.0.1:9700 --journal FILE [--faults JSON]</c>: a member service that keeps the
/// contract, with a journal of every credit and switches for faults.
/// </summary>
public static class SandboxApp
{
    private const int MaxItems = 500;
    private const int MaxBodyBytes = 4 << 20;

    /// <param name="stop">Ctrl-C and its like.</param>
    internal static async Task Run(SandboxOptions options, CancellationToken stop)
    {
        await using var app = await Start(options);
        Console.WriteLine(
            $"The sandbox member service listens on {string.Join(' ', app.Urls)}; every credit is in "
                + $"{options.Journal}. Ctrl-C ends it."
        );
        await app.WaitForShutdownAsync(stop);
    }

    internal static async Task<WebApplication> Start(SandboxOptions options)
    {
        var book = new PointBook(options.Journal);
        book.Open();
        var switches = new FaultSwitch(options.Faults, TimeProvider.System);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .UseUrls(options.Urls)
            .ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = MaxBodyBytes);
        // Calls that it was told never to answer are not waited for.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(book);
        var app = builder.Build();
        var items = new ItemFaults(switches);
        var calls = new CallFaults(switches);
        app.UseRouting();
        app.MapPost("/v1/point-credits/bulk", http => Credit(http, book, items, calls));
        app.MapPost("/v1/point-credits/lookup", http => Lookup(http, book, calls));
        app.MapGet("/healthz/live", http => http.Response.WriteAsync("alive\n"));
        app.MapPost("/sandbox/faults", http => SetFaults(http, switches));
        app.MapGet("/sandbox/faults", http => http.Response.WriteAsJsonAsync(switches.Now, FaultsJson.Default.Faults));
        app.MapGet("/sandbox/credits", http => http.Response.WriteAsync($"{{\"credits\":{book.Count}}}"));
        try
        {
            await app.StartAsync();
        }
        catch (SocketException refused)
        {
            throw Shell.CannotListen(options.Urls, "--urls", refused);
        }

        return app;
    }

    private static async Task Credit(HttpContext http, PointBook book, ItemFaults items, CallFaults calls)
    {
        var asked = await Read(http, CreditBody.ReadCredits);
        if (asked is null || !await calls.Before(http, lookup: false))
            return;
        var results = await book.Credit(asked, items);
        if (!await calls.After(http, lookup: false))
            return;
        calls.Spoil(results, asked);
        await Answer(http, results);
    }

    private static async Task Lookup(HttpContext http, PointBook book, CallFaults calls)
    {
        var keys = await Read(http, CreditBody.ReadKeys);
        if (keys is null || !await calls.Before(http, lookup: true))
            return;
        var results = await book.Lookup(keys);
        if (await calls.After(http, lookup: true))
            await Answer(http, results);
    }

    private static async Task SetFaults(HttpContext http, FaultSwitch switches)
    {
        try
        {
            using var reader = new StreamReader(http.Request.Body);
            switches.Set(Faults.Parse(await reader.ReadToEndAsync()));
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (JsonException e)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsync(e.Message);
        }
    }

    /// <summary>Null, and the refusal is written, where the body is not of the contract.</summary>
    private static async Task<List<T>?> Read<T>(HttpContext http, Func<ReadOnlySequence<byte>, List<T>> parse)
    {
        var reader = http.Request.BodyReader;
        ReadResult body;
        while (!(body = await reader.ReadAsync(http.RequestAborted)).IsCompleted)
            reader.AdvanceTo(body.Buffer.Start, body.Buffer.End);
        try
        {
            var items = parse(body.Buffer);
            http.Response.StatusCode =
                items.Count <= MaxItems ? StatusCodes.Status200OK : StatusCodes.Status413PayloadTooLarge;
            return items.Count <= MaxItems ? items : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return null;
        }
        finally
        {
            reader.AdvanceTo(body.Buffer.End);
        }
    }

    private static async Task Answer(HttpContext http, List<CreditResult> results)
    {
        http.Response.ContentType = "application/json";
        CreditBody.Write(http.Response.BodyWriter, results);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }
}
