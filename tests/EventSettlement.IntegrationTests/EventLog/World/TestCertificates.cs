using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EventSettlement.IntegrationTests.EventLog.World;

/// <summary>An authority and certificates of it, as PEM files of a folder.</summary>
internal sealed class TestCertificates
{
    public const string KeyPassword = "key password";
    private readonly string _folder;
    private readonly X509Certificate2 _authority;

    public TestCertificates(string folder)
    {
        _folder = folder;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Authority of a test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        CaFile = Write("ca.pem", _authority.ExportCertificatePem());
    }

    public string CaFile { get; }

    /// <summary>Key and certificate in one file, as a broker wants them.</summary>
    public string WriteServer()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Issue("CN=broker", key);
        return Write("broker.pem", key.ExportPkcs8PrivateKeyPem() + "\n" + certificate.ExportCertificatePem());
    }

    /// <summary>Certificate, and its key encrypted with <see cref="KeyPassword"/>.</summary>
    public (string CertificateFile, string KeyFile) WriteClient(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Issue("CN=" + name, key);
        var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 10_000);
        return (
            Write(name + ".pem", certificate.ExportCertificatePem()),
            Write(name + "-key.pem", key.ExportEncryptedPkcs8PrivateKeyPem(KeyPassword, encryption))
        );
    }

    private X509Certificate2 Issue(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.Create(_authority, _authority.NotBefore, _authority.NotAfter, RandomNumberGenerator.GetBytes(8));
    }

    private string Write(string name, string pem)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, pem);
        return file;
    }
}
