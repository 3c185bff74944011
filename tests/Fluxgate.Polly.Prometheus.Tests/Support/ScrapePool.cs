using System.Buffers;

namespace Fluxgate;

/// <summary>A pool that knows what is out, and fails the test where something comes back that is not.</summary>
internal sealed class ScrapePool : ArrayPool<byte>
{
    private readonly HashSet<byte[]> _out = [];

    /// <summary>Arrays lent and not returned.</summary>
    public int Out
    {
        get
        {
            lock (_out)
            {
                return _out.Count;
            }
        }
    }

    /// <summary>How many arrays came back that were not out: a page returned twice.</summary>
    public int Strays { get; private set; }

    /// <summary>While set, there is no memory to be had.</summary>
    public bool IsEmpty { get; set; }

    public override byte[] Rent(int minimumLength)
    {
        if (IsEmpty)
        {
            throw new InvalidOperationException("The pool is empty.");
        }

        var array = new byte[minimumLength];
        lock (_out)
        {
            _out.Add(array);
        }

        return array;
    }

    /// <summary>What comes back is overwritten, so that whoever still reads it sees nonsense.</summary>
    public override void Return(byte[] array, bool clearArray = false)
    {
        Array.Fill(array, (byte)'!');
        lock (_out)
        {
            if (!_out.Remove(array))
            {
                Strays++;
            }
        }
    }
}
