using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace EventSettlement.Payouts.Calls;

/// <summary>
/// A member service over HTTP, by the contract of docs/contracts/member-service.md.
/// </summary>
internal sealed class MemberServiceClient : IBulkPayer
{
    public const int MaxAnswerBytes = 8 * 1024 * 1024;

    // Whoever says "never" or the year 9999 is asked again the next day.
    internal static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(24);

    // What has not connected by then has sent nothing, and that is better known than waited for.
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(10);
    private readonly AuthenticationHeaderValue? _key;
    private volatile HttpClient _http;
    private volatile bool _closes;
    private readonly Uri _pay;
    private readonly Uri _lookup;
    private readonly TimeSpan _timeout;

    public MemberServiceClient(string baseUrl, string? apiKey, TimeSpan timeout)
    {
        var address = baseUrl.TrimEnd('/');
        _pay = new Uri(address + "/v1/point-credits/bulk");
        _lookup = new Uri(address + "/v1/point-credits/lookup");
        _timeout = timeout;
        _key = string.IsNullOrEmpty(apiKey) ? null : new AuthenticationHeaderValue("Bearer", apiKey);
        _http = NewClient(timeout);
    }

    /// <summary>As all calls are made, for whoever wants to know whether they would arrive.</summary>
    /// <param name="timeout">Of the call.</param>
    /// <param name="once">A connection is used for one call, whatever the answer says of it.</param>
    public static HttpClient NewClient(TimeSpan timeout, bool once = false) =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                ConnectTimeout = timeout / 2 < LongestConnect ? timeout / 2 : LongestConnect,
                PooledConnectionLifetime = once ? TimeSpan.Zero : TimeSpan.FromMinutes(5),
                AutomaticDecompression = DecompressionMethods.None,
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };

    public Task<CallOutcome> Pay(ReadOnlyMemory<PayoutItem> items, CancellationToken cancel) =>
        Post(_pay, RequestBody.Pay(items.Span), items, cancel);

    public Task<CallOutcome> Lookup(ReadOnlyMemory<PayoutItem> items, CancellationToken cancel) =>
        Post(_lookup, RequestBody.Lookup(items.Span), items, cancel);

    public void Dispose() => _http.Dispose();

    private async Task<CallOutcome> Post(
        Uri address,
        ReadOnlyMemory<byte> body,
        ReadOnlyMemory<PayoutItem> items,
        CancellationToken cancel
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(_timeout);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new CallContent(body) };
        request.Headers.Authorization = _key;
        if (_closes)
            request.Headers.ConnectionClose = true;
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (!_closes && Closes(response))
                LeaveConnections();
            var kind = PayoutRules.KindOf((int)response.StatusCode);
            return kind == CallKind.Answered
                ? await ReadBody(response, items, limit.Token)
                : new CallOutcome(
                    kind,
                    $"http_{(int)response.StatusCode}",
                    response.ReasonPhrase,
                    RetryAfter(response)
                );
        }
        catch (OperationCanceledException) when (!limit.IsCancellationRequested)
        {
            return new CallOutcome(CallKind.NotSent, "connect_timeout", "No connection was made in time.");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new CallOutcome(CallKind.NoAnswer, "timeout");
        }
        catch (HttpRequestException e) when (NeverLeft(e))
        {
            return new CallOutcome(CallKind.NotSent, "connection_refused", e.Message);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            return new CallOutcome(CallKind.NoAnswer, "connection_lost", e.Message);
        }
    }

    private static async Task<CallOutcome> ReadBody(
        HttpResponseMessage response,
        ReadOnlyMemory<PayoutItem> items,
        CancellationToken cancel
    )
    {
        var told = response.Content.Headers.ContentLength;
        if (told > MaxAnswerBytes)
            return new CallOutcome(CallKind.NoAnswer, "answer_too_large");
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var buffer = ArrayPool<byte>.Shared.Rent((int)(told ?? 64 * 1024) + 1);
        try
        {
            for (var length = 0; ; )
            {
                var read = await stream.ReadAsync(buffer.AsMemory(length), cancel);
                if (read == 0)
                    return AnswerBody.Read(buffer.AsSpan(0, length), items.Span) is { } entries
                        ? CallOutcome.Answered(entries)
                        : Unreadable(response, buffer.AsSpan(0, length));
                length += read;
                if (length > MaxAnswerBytes)
                    return new CallOutcome(CallKind.NoAnswer, "answer_too_large");
                if (length == buffer.Length)
                    buffer = Grow(buffer);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>What it is instead of an answer, so that a person sees which program in between said it.</summary>
    private static CallOutcome Unreadable(HttpResponseMessage response, ReadOnlySpan<byte> body)
    {
        const int shown = 80;
        var type = response.Content.Headers.ContentType?.ToString() ?? "no Content-Type";
        var coding = string.Join(", ", response.Content.Headers.ContentEncoding);
        var start = Encoding.UTF8.GetString(body[..Math.Min(shown, body.Length)]);
        return new CallOutcome(
            CallKind.Unreadable,
            PayoutAlerts.Unreadable,
            $"{body.Length} bytes of {type}{(coding.Length > 0 ? " in " + coding : "")} begin with: {start}"
        );
    }

    /// <summary>A program of HTTP/1.0 ends the connection behind its answer, unless it says that it does not.</summary>
    private static bool Closes(HttpResponseMessage response) =>
        response.Version == HttpVersion.Version10
        && !response.Headers.Connection.Contains("keep-alive", StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The client would send the next call into a connection that is being closed. So none of those is used again, and
    /// from now on each call has its own.
    /// </summary>
    private void LeaveConnections()
    {
        _closes = true;
        // Calls that are under way on the former one come to their end; then it holds nothing.
        _http = NewClient(_timeout, once: true);
    }

    private static byte[] Grow(byte[] full)
    {
        var larger = ArrayPool<byte>.Shared.Rent(full.Length * 2);
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }

    private static bool NeverLeft(HttpRequestException e) =>
        e.HttpRequestError
            is HttpRequestError.ConnectionError
                or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError;

    private static TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var told = response.Headers.RetryAfter;
        var wait = told?.Delta ?? told?.Date - (response.Headers.Date ?? TimeProvider.System.GetUtcNow());
        return wait < TimeSpan.Zero ? TimeSpan.Zero
            : wait > LongestRetryAfter ? LongestRetryAfter
            : wait;
    }
}
