using System.Text;
using EventSettlement.Facts;

namespace EventSettlement.Tests.Facts;

public sealed class FactLinesTests
{
    [Theory]
    [InlineData("{\"a\":1}\n{\"b\":2}", "1,2")]
    [InlineData("{\"a\":1} \n{\"b\":2} \n", "1,2")]
    [InlineData("{\"a\":1}\t \r\n\r\n{\"b\":2}\r\n", "1,3")]
    [InlineData("{\"a\":\n{\"b\":2} \n{", "1,2,3")]
    [InlineData("{\"a\":\n1}", "1")]
    [InlineData("{\"a\":1}\n", "1")]
    [InlineData("{\"a\":\n", "1")]
    public void A_body_is_lines_whatever_blanks_end_them_and_whatever_its_type_says(string body, string lines)
    {
        Assert.True(FactLines.TrySplit(Encoding.UTF8.GetBytes(body), newlineDelimited: false, out var found));
        Assert.Equal(lines, string.Join(',', found.Select(l => l.Line)));
    }
}
