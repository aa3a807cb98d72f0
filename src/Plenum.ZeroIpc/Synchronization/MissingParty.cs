using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A process that others wait for.</summary>
/// <param name="Process">The process, in its own pid namespace.</param>
/// <param name="IsDead">Whether it is gone.</param>
/// <param name="Counts">How many counts it owes; 1 for a barrier.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public readonly record struct MissingParty(ProcessIdentity Process, bool IsDead, int Counts);
