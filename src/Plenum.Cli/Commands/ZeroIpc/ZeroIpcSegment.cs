using Plenum.Cli.Hosting;
using Plenum.Cli.Parsing;
using Plenum.Inspection;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Looks at a segment that must be a ZeroIPC one.</summary>
internal static class ZeroIpcSegment
{
    internal static SegmentDescription Describe(string text)
    {
        SegmentSelector selector = SegmentSelector.Parse(text);
        if (selector.Protocol is not (SegmentProtocol.Unknown or SegmentProtocol.ZeroIpc))
        {
            throw CommandException.Usage($"'{text}' selects another protocol than this command's");
        }

        using SegmentImage image = selector.Open();
        return SegmentInspector.Identify(image, out _) == SegmentProtocol.ZeroIpc
            ? SegmentInspector.Describe(image, new SegmentUsers(), SegmentProtocol.ZeroIpc)
            : throw CommandException.Malformed(
                $"'{image.Name}' is no ZeroIPC segment: the magic number 0x5A49504D is not there");
    }
}
