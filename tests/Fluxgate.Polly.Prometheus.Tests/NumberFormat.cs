using System.Buffers;
using System.Globalization;
using System.Text;

namespace Fluxgate;

public sealed class NumberFormat
{
    private static readonly double[] Units = [1, 10, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

    [Theory]
    [InlineData(0)]
    [InlineData(-0.0)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(-3)]
    [InlineData(999_999_999_999_999)]
    [InlineData(1e15)]
    [InlineData(1e300)]
    [InlineData(0.1)]
    [InlineData(0.05)]
    [InlineData(0.0001)]
    [InlineData(0.00001)]
    [InlineData(0.0000001)]
    [InlineData(1.0000001)]
    [InlineData(12.00000005)]
    [InlineData(1.0 / 7)]
    [InlineData(1 - (1.0 / 7))]
    [InlineData(99_999_999.9999999)]
    [InlineData(100_000_000.5)]
    [InlineData(1_763_720_204.123)]
    [InlineData(999_999_999_999.999)]
    [InlineData(1_000_000_000_000.5)]
    [InlineData(double.Epsilon)]
    [InlineData(double.MaxValue)]
    [InlineData(double.NaN)]
    public void A_number_is_written_as_dotnet_writes_it(double number) => Assert.Equal(Expected(number), Written(number));

    [Fact]
    public void Random_numbers_are_written_as_dotnet_writes_them()
    {
        var random = new Random(4711);
        for (var i = 0; i < 200_000; i++)
        {
            var whole = random.NextInt64(1L << random.Next(1, 62));
            var number = whole / Units[random.Next(Units.Length)];

            // Decimals of few digits, and the doubles next to them.
            foreach (var one in (double[])[number, Math.BitIncrement(number), Math.BitDecrement(number), -number])
            {
                Assert.Equal(Expected(one), Written(one));
            }
        }
    }

    private static string Expected(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Written(double number)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var output = new Utf8Output(buffer);
        output.Append(number);
        output.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
