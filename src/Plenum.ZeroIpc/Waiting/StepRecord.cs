using System.Runtime.CompilerServices;

namespace Plenum.ZeroIpc;

/// <summary>The owner record in which one thread states the step it is taking in a structure of one segment.</summary>
/// <remarks>A step (claim, store, publish) runs on one thread without waiting for others' code, so one record serves
/// all structures, and it is kept from one operation to the next: stating a step costs four stores to a line that
/// nobody else touches.</remarks>
internal static class StepRecord
{
    /// <summary>This thread's record for a segment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static OwnerRecord For(OwnerTable table) => table.Step();
}
