namespace Fluxgate;

/// <summary>The kinds of messages that members write into the store. The numbers are part of the format.</summary>
internal enum MessageKind : byte
{
    Digest = 1,
    Summary = 2,
    Directives = 3,
    Audit = 4,
}
