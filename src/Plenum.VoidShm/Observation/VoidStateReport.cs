namespace Plenum.VoidShm;

/// <summary>The outcome of one check of a segment.</summary>
/// <param name="Exists">Present, accessible, valid.</param>
/// <param name="Alive">Frame or epoch changed within the last checks; independent of the state's name.</param>
/// <param name="State">State after this check.</param>
/// <param name="Events">What happened since the check before.</param>
/// <param name="Code">Validity found.</param>
/// <param name="OldEpoch">Epoch at the check before; equal to the new one unless it was reset.</param>
/// <param name="Epoch">Epoch found.</param>
/// <param name="Frame">Frame found.</param>
/// <param name="UnchangedChecks">Checks in a row that found neither a new frame nor a new epoch.</param>
/// <param name="SinceLastChange">Time since a change was last seen; null while none was.</param>
public readonly record struct VoidStateReport(
    bool Exists,
    bool Alive,
    VoidState State,
    VoidStateEvents Events,
    VoidValidity Code,
    ulong OldEpoch,
    ulong Epoch,
    ulong Frame,
    int UnchangedChecks,
    TimeSpan? SinceLastChange);
