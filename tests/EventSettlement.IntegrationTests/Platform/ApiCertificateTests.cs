using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EventSettlement.Api;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.Payouts;
using EventSettlement.Platform;
using EventSettlement.Platform.Configuration;
using Microsoft.AspNetCore.Builder;

namespace EventSettlement.IntegrationTests.Platform;

public sealed class ApiCertificateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("settle-certificate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Https_is_served_with_the_certificate_of_the_files_and_its_chain()
    {
        using var root = Certificate("CN=root", null, mayVouch: true);
        using var between = Certificate("CN=between", root, mayVouch: true);
        using var server = Certificate("CN=127.0.0.1", between);
        await using var database = await TestDatabase.Create();
        var settings = Settings(
            Written("api.crt", server.ExportCertificatePem() + "\n" + between.ExportCertificatePem()),
            Written("api.key", server.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem())
        );
        settings = settings.With(PlatformSettings.Main, database.ConnectionString);
        await using var app = Server.Build(settings, [Roles.Api], Server.Slices);
        await app.StartAsync();
        string[] shown = [];
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, _, chain, _) =>
            {
                shown = [.. chain!.ChainElements.Select(e => e.Certificate.Thumbprint)];
                return true;
            },
        };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(app.Urls.Single()) };
        Assert.Equal("https", client.BaseAddress.Scheme);
        Assert.Equal("alive\n", await client.GetStringAsync("/healthz/live"));
        Assert.Equal([server.Thumbprint, between.Thumbprint], shown);
        await app.StopAsync();
    }

    [Theory]
    [InlineData("no such file", "right", "Api:Certificate: ", "/no such file cannot be read")]
    [InlineData("empty", "right", "Api:Certificate: ", "/empty holds no certificate in PEM")]
    [InlineData("right", "no such file", "Api:CertificateKey: ", "/no such file cannot be read")]
    [InlineData("right", "empty", "Api:CertificateKey: ", "/empty holds no key in PEM, unencrypted, of ")]
    [InlineData("right", "another", "Api:CertificateKey: ", "/another holds no key in PEM, unencrypted, of ")]
    [InlineData("right", null, "Api:CertificateKey: is needed", "")]
    [InlineData(null, "right", "Api:Certificate: is needed", "")]
    public void A_wrong_file_is_one_error_that_names_the_key_and_the_file(
        string? file,
        string? keyFile,
        string key,
        string what
    )
    {
        using var server = Certificate("CN=127.0.0.1", by: null);
        using var another = RSA.Create(2048);
        Written("empty", "");
        var settings = Settings(
            file == "right" ? Written("api.crt", server.ExportCertificatePem()) : Placed(file),
            keyFile switch
            {
                "right" => Written("api.key", server.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem()),
                "another" => Written("another", another.ExportPkcs8PrivateKeyPem()),
                _ => Placed(keyFile),
            }
        );
        var refused = Assert.Throws<InvalidSettingsException>(() => Server.Build(settings, [Roles.Api], Server.Slices));
        var said = Assert.Single(refused.Mistakes).ToString();
        Assert.StartsWith(key, said, StringComparison.Ordinal);
        Assert.Contains(what, said, StringComparison.Ordinal);
        Assert.Equal(refused.Mistakes, ApiCertificate.Check(settings));
    }

    [Fact]
    public void None_is_needed() => Assert.Empty(ApiCertificate.Check(Server.Catalogue.Defaults));

    private static Settings Settings(string? certificate, string? key)
    {
        var settings = Server
            .Catalogue.Defaults.With(PlatformSettings.Main, "Host=127.0.0.1;Username=nobody;Database=none")
            .With(PayoutSettings.BaseUrl, "member", "http://127.0.0.1:1")
            .With(ApiSettings.Urls, "https://127.0.0.1:0");
        if (certificate is not null)
            settings = settings.With(ApiSettings.Certificate, certificate);
        return key is null ? settings : settings.With(ApiSettings.CertificateKey, key);
    }

    private string? Placed(string? file) => file is null ? null : Path.Combine(_folder, file);

    private string Written(string file, string text)
    {
        File.WriteAllText(Placed(file)!, text);
        return Placed(file)!;
    }

    /// <param name="by">Who vouches for it; null = it itself.</param>
    private static X509Certificate2 Certificate(string subject, X509Certificate2? by, bool mayVouch = false)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(mayVouch, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        if (by is null)
            return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var signed = request.Create(by, by.NotBefore, by.NotAfter, RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
