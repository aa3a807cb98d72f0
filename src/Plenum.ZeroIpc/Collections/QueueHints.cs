using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>Where this object last saw the two ends of a queue. Apart from each other and from everything else, because
/// a producing and a consuming thread may share the object.</summary>
[StructLayout(LayoutKind.Explicit, Size = 384)]
internal struct QueueHints
{
    [FieldOffset(128)] internal uint Tail;
    [FieldOffset(256)] internal uint Head;
}
