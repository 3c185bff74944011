using System.Buffers;

namespace Fluxgate;

/// <summary>A pool that counts the rented arrays and those that are returned without having been rented.</summary>
internal sealed class ScrapePool : ArrayPool<byte>
{
    private readonly HashSet<byte[]> _out = [];

    /// <summary>Arrays rented and not returned.</summary>
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

    /// <summary>How many arrays were returned that were not rented: a page was returned twice.</summary>
    public int UnknownReturns { get; private set; }

    /// <summary>While set, renting throws.</summary>
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

    /// <summary>Overwrites the array, so that a later reader sees invalid data.</summary>
    public override void Return(byte[] array, bool clearArray = false)
    {
        Array.Fill(array, (byte)'!');
        lock (_out)
        {
            if (!_out.Remove(array))
            {
                UnknownReturns++;
            }
        }
    }
}
