namespace Fluxgate;

/// <summary>A benchmark whose result has a length in bytes.</summary>
internal interface IWritesBytes
{
    /// <summary>How long what the benchmark named so writes is, in the parameters that are set.</summary>
    long BytesOf(string benchmark);
}
