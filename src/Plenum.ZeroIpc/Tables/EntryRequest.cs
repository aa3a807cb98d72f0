using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>One entry to be created.</summary>
/// <param name="Name">Its name, at most 31 bytes in UTF-8.</param>
/// <param name="SizeBytes">Its size in bytes, at least 1.</param>
/// <param name="Initialize">
/// Fills the zeroed bytes at the given offset before anybody can find the entry; null when zero is right. Must not
/// create entries.
/// </param>
internal readonly record struct EntryRequest(
    string Name, long SizeBytes, Action<SharedSegment, long>? Initialize = null);
