using Plenum.Inspection;

namespace Plenum.Cli.Output;

/// <summary>The words for protocols and states, the same in text and JSON.</summary>
internal static class ProtocolText
{
    internal static string Of(SegmentProtocol protocol) => protocol switch
    {
        SegmentProtocol.ZeroBuffer => "zerobuffer",
        SegmentProtocol.ZeroIpc => "zeroipc",
        SegmentProtocol.Void => "void",
        _ => "unknown",
    };

    internal static string Of(SegmentState state) => state switch
    {
        SegmentState.Active => "active",
        SegmentState.Idle => "idle",
        SegmentState.Stale => "stale",
        SegmentState.Invalid => "invalid",
        _ => "foreign",
    };
}
