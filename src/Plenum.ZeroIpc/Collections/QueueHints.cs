using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>Where this object last saw the two ends of a queue. Apart from each other and from everything else, because
/// a producing and a consuming thread may share the object.</summary>
[StructLayout(LayoutKind.Explicit, Size = 384)]
internal struct QueueHints
{
    [FieldOffset(128)] internal uint Tail;

    /// <summary>The tail when this object last found the queue full.</summary>
    [FieldOffset(132)] internal uint TailAtWait;
    [FieldOffset(256)] internal uint Head;

    /// <summary>The head when this object last found the queue empty.</summary>
    [FieldOffset(260)] internal uint HeadAtWait;
}
