namespace Plenum.ZeroBuffer.Duplex;

/// <summary>Something that went wrong in a server; the server goes on.</summary>
/// <param name="Exception">What.</param>
/// <param name="RequestSequence">The request it happened with; 0 when none.</param>
public sealed record DuplexServerError(Exception Exception, ulong RequestSequence);
