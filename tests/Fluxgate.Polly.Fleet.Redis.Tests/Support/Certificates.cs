using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fluxgate;

/// <summary>An authority of the test, with certificates of a server and of a client, as files in a temporary folder.</summary>
internal sealed class Certificates : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fluxgate-tls-");

    public Certificates()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=authority of the test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(Authority, authority.ExportCertificatePem());
        Issue("server", 1);
        Issue("client", 2);

        void Issue(string name, byte serial)
        {
            using var own = RSA.Create(2048);
            var certificate = new CertificateRequest($"CN={name}", own, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("redis.example.com");
            names.AddIpAddress(IPAddress.Loopback);
            certificate.CertificateExtensions.Add(names.Build());
            using var issued = certificate.Create(authority, now.AddDays(-1), now.AddHours(12), [serial]);
            File.WriteAllText(PathOf($"{name}.crt"), issued.ExportCertificatePem());
            File.WriteAllText(PathOf($"{name}.key"), own.ExportPkcs8PrivateKeyPem());
        }
    }

    public string Authority => PathOf("authority.crt");

    public string PathOf(string file) => Path.Combine(_folder.FullName, file);

    public void Dispose() => _folder.Delete(recursive: true);
}
