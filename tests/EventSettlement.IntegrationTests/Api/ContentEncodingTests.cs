using System.IO.Compression;
using System.Net;
using System.Text;
using EventSettlement.Access;

namespace EventSettlement.IntegrationTests.Api;

/// <summary>Bodies as senders pack them.</summary>
public sealed class ContentEncodingTests(RunningApi api) : IClassFixture<RunningApi>
{
    private const string Fact =
        """{"studyId":"S-1","completedAt":"2026-11-01T10:00:00+09:00","currency":"KRW","depositPerMember":1000,"""
        + """
            "penaltyPerAbsence":100,"participants":[{"memberId":"M-1","absences":1}]}
            """;

    [Theory]
    [InlineData("gzip")]
    [InlineData("identity")]
    public async Task A_body_in_a_known_coding_is_taken(string coding)
    {
        var plain = Encoding.UTF8.GetBytes(Fact);
        var answer = await Send(coding == "gzip" ? Packed(plain) : plain, coding);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_not_in_the_coding_it_names_is_refused()
    {
        var answer = await Send(Encoding.UTF8.GetBytes(Fact), "gzip");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(
            "Content-Encoding",
            (string?)(await RunningApi.Json(answer))["detail"]!,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("zstd", "zstd")]
    [InlineData("gzip", "gzip, gzip", "gzip")]
    public async Task A_coding_that_is_not_read_is_named(string first, string named, params string[] more)
    {
        var answer = await Send(Encoding.UTF8.GetBytes(Fact), [first, .. more]);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Contains(named, (string?)(await RunningApi.Json(answer))["detail"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_body_that_was_cut_short_is_refused_also_where_a_line_ends(string coding)
    {
        using var packed = new MemoryStream();
        Stream Packing() =>
            coding switch
            {
                "gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
                "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
                _ => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            };
        using (var packing = Packing())
        {
            packing.Write(Encoding.UTF8.GetBytes(Fact.TrimEnd() + "\n"));
            packing.Flush();
            var cut = packed.ToArray();
            var answer = await Send(cut, coding);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Accepted, (await Send(packed.ToArray(), coding)).StatusCode);
    }

    [Fact]
    public async Task What_comes_out_is_limited_too()
    {
        var answer = await Send(Packed(new byte[4 * 1024 * 1024]), "gzip");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    private async Task<HttpResponseMessage> Send(byte[] body, params string[] codings)
    {
        using var client = api.Client(Role.Operator);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events/study-completed");
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new("application/x-ndjson");
        foreach (var coding in codings)
            request.Content.Headers.ContentEncoding.Add(coding);
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        return await client.SendAsync(request);
    }

    private static byte[] Packed(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(plain);
        return packed.ToArray();
    }
}
