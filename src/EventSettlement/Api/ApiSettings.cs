using EventSettlement.Platform.Configuration;

namespace EventSettlement.Api;

/// <summary>The keys of the API.</summary>
public static class ApiSettings
{
    public static readonly Setting<string> Urls = SettingKinds.Text(
        "Api:Urls",
        "http or https addresses to listen on, without a path, several with semicolons",
        "http://127.0.0.1:8080",
        value => value.Split(';').All(SettingKinds.IsListenAddress),
        "http://127.0.0.1:8080"
    );

    public static readonly Setting<string> Certificate = SettingKinds.Text(
        "Api:Certificate",
        "a PEM file: the certificate of the https addresses, and what vouches for it behind it",
        "/etc/settle/api.crt",
        value => value.Length > 0
    );

    public static readonly Setting<string> CertificateKey = SettingKinds.Text(
        "Api:CertificateKey",
        "a PEM file: the key of Api:Certificate, unencrypted",
        "/etc/settle/api.key",
        value => value.Length > 0
    );

    public static IReadOnlyList<Setting> All => [Urls, Certificate, CertificateKey];
}
