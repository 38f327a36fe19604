using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EventSettlement.Platform.Configuration;

namespace EventSettlement.Api;

/// <summary>The certificate of the https addresses in Api:Urls. It is read at the start and not again.</summary>
internal static class ApiCertificate
{
    /// <exception cref="InvalidSettingsException">Naming the key and the file at fault.</exception>
    public static IWebHostBuilder UseCertificate(this IWebHostBuilder host, Settings settings)
    {
        if (Read(settings) is not { } certificate)
            return host;
        // What stands behind the first certificate of the file are those that vouch for it: clients need them too.
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(settings.Get(ApiSettings.Certificate));
        return host.ConfigureKestrel(kestrel =>
            kestrel.ConfigureHttpsDefaults(https =>
                (https.ServerCertificate, https.ServerCertificateChain) = (certificate, chain)
            )
        );
    }

    /// <summary>What a start would refuse.</summary>
    public static IReadOnlyList<SettingMistake> Check(Settings settings)
    {
        try
        {
            Read(settings)?.Dispose();
            return [];
        }
        catch (InvalidSettingsException wrong)
        {
            return wrong.Mistakes;
        }
    }

    /// <returns>Null = none is configured.</returns>
    /// <exception cref="InvalidSettingsException">Naming the key and the file at fault.</exception>
    private static X509Certificate2? Read(Settings settings)
    {
        var (file, keyFile) = (settings.Get(ApiSettings.Certificate), settings.Get(ApiSettings.CertificateKey));
        if (file.Length == 0 && keyFile.Length == 0)
            return null;
        var text = TextOf(ApiSettings.Certificate, file);
        var keyText = TextOf(ApiSettings.CertificateKey, keyFile);
        try
        {
            using var alone = X509Certificate2.CreateFromPem(text);
        }
        catch (CryptographicException wrong)
        {
            throw Refusal(ApiSettings.Certificate, $"{file} holds no certificate in PEM: {wrong.Message}");
        }

        try
        {
            return X509Certificate2.CreateFromPem(text, keyText);
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException)
        {
            throw Refusal(
                ApiSettings.CertificateKey,
                $"{keyFile} holds no key in PEM, unencrypted, of {file}: {wrong.Message}"
            );
        }
    }

    private static string TextOf(Setting<string> key, string file)
    {
        if (file.Length == 0)
            throw Refusal(key, "is needed: certificate and key are two files");
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw Refusal(key, $"{file} cannot be read: {wrong.Message}");
        }
    }

    private static InvalidSettingsException Refusal(Setting<string> key, string what) =>
        new([new SettingMistake(key.Key, what, key.Example)]);
}
