using EventSettlement.Desk;

namespace EventSettlement.Tests.Desk;

public sealed class DevStackTests
{
    [Fact]
    public async Task The_file_with_the_key_is_its_owners_alone_even_when_it_was_everybodys()
    {
        var folder = Directory.CreateTempSubdirectory("settle-dev-").FullName;
        var file = Path.Combine(folder, "cli.json");
        await File.WriteAllTextAsync(file, "{}");
        File.SetUnixFileMode(file, (UnixFileMode)Convert.ToInt32("644", 8));

        new DevStack(
            new DevOptions(true, 1, 1, null, null, null, null, folder, 8080, new Dictionary<string, TimeSpan[]>()),
            _ => { }
        ).WriteCli("sk_1");

        Assert.Equal("600", Convert.ToString((int)File.GetUnixFileMode(file), 8));
        Assert.Contains("sk_1", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }
}
