using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>One owner record as it was found in the wait table.</summary>
/// <param name="Block">Its block.</param>
/// <param name="Index">Its place in the block.</param>
/// <param name="Word">What it says.</param>
/// <param name="Aux">Number of its kind.</param>
/// <param name="IsDead">Whether its process is gone.</param>
/// <param name="Owner">Its process.</param>
internal readonly record struct OwnerClaim(
    uint Block, int Index, ClaimWord Word, ulong Aux, bool IsDead, ProcessIdentity Owner);
