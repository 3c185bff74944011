using System.Text;

namespace Fluxgate;

/// <summary>Parses the name and labels of one line. It parses ten thousand pages, so it formats a message only on failure.</summary>
internal static class SeriesReader
{
    /// <summary>Returns the series, without its value, and the position of its end in the line.</summary>
    public static (Series Series, int End) Read(string line)
    {
        var position = 0;
        var name = Name(line, ref position);
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (line[position] == ' ')
        {
            return (new(name, labels, 0), position);
        }

        Take(line, ref position, '{');
        while (true)
        {
            var label = Name(line, ref position);
            Take(line, ref position, '=');
            if (!labels.TryAdd(label, Value(line, ref position)))
            {
                Assert.Fail($"Label {label} twice: {line}");
            }

            if (line[position] == '}')
            {
                return (new(name, labels, 0), position + 1);
            }

            Take(line, ref position, ',');
        }
    }

    private static string Name(string line, ref int position)
    {
        var start = position;
        while (char.IsAsciiLetterOrDigit(line[position]) || line[position] == '_')
        {
            position++;
        }

        if (position == start || char.IsAsciiDigit(line[start]))
        {
            Assert.Fail($"No name at {start}: {line}");
        }

        return line[start..position];
    }

    private static string Value(string line, ref int position)
    {
        var value = new StringBuilder();
        Take(line, ref position, '"');
        while (line[position] != '"')
        {
            value.Append(line[position] == '\\' ? Escaped(line, ++position) : line[position]);
            position++;
        }

        position++;
        return value.ToString();
    }

    private static char Escaped(string line, int position) =>
        line[position] switch
        {
            '\\' => '\\',
            '"' => '"',
            'n' => '\n',
            _ => throw new FormatException($"No such escape at {position}: {line}"),
        };

    private static void Take(string line, ref int position, char expected)
    {
        if (line[position] != expected)
        {
            Assert.Fail($"No {expected} at {position}: {line}");
        }

        position++;
    }
}
