namespace Plenum.ZeroIpc;

/// <summary>The owner records of one table that stay with one thread (see <see cref="ThreadSlot"/>).</summary>
internal struct ThreadRecords
{
    /// <summary>States the step that the thread is taking in a structure. A step runs without waiting for others' code,
    /// so one is enough for all structures of a segment.</summary>
    internal OwnerRecord? Step;

    /// <summary>For the lock that the thread takes; in use while <see cref="OwnerRecord.IsLent"/>.</summary>
    internal OwnerRecord? First;

    /// <summary>For a second lock inside the first.</summary>
    internal OwnerRecord? Second;
}
