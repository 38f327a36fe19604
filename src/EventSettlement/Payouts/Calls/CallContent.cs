using System.Net;
using System.Net.Http.Headers;
using EventSettlement.Messaging;
using EventSettlement.Platform;

namespace EventSettlement.Payouts.Calls;

/// <summary>A request body, with the crash point between the request's last byte and its answer.</summary>
internal sealed class CallContent : HttpContent
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private readonly ReadOnlyMemory<byte> _body;

    public CallContent(ReadOnlyMemory<byte> body)
    {
        _body = body;
        Headers.ContentType = Json;
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(_body);
        await stream.FlushAsync();
        CrashPoint.Hit(SettlementCrashPoints.RequestSent);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
