using Plenum.Cli.Hosting;
using Plenum.Inspection;
using Plenum.Platform;

namespace Plenum.Cli.Parsing;

/// <summary>A segment as named on the command line: <c>NAME</c>, <c>/NAME</c>, <c>zerobuffer:NAME</c>, or the path of a
/// copy.</summary>
internal sealed record SegmentSelector(SegmentProtocol Protocol, string Text)
{
    // Of the mode bits of a file (S_IFMT, S_IFREG).
    private const int TypeMask = 0xF000;
    private const int TypeRegular = 0x8000;

    private static readonly (string Prefix, SegmentProtocol Protocol)[] s_prefixes =
    [
        ("zerobuffer:", SegmentProtocol.ZeroBuffer), ("zeroipc:", SegmentProtocol.ZeroIpc),
            ("void:", SegmentProtocol.Void),
    ];

    internal static SegmentSelector Parse(string text)
    {
        foreach ((string prefix, SegmentProtocol protocol) in s_prefixes)
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal))
            {
                return new SegmentSelector(protocol, text[prefix.Length..]);
            }
        }

        return new SegmentSelector(SegmentProtocol.Unknown, text);
    }

    /// <summary>The bare name for a command of one protocol; refuses another protocol's selector.</summary>
    internal static string NameFor(SegmentProtocol protocol, string text)
    {
        SegmentSelector selector = Parse(text);
        if (selector.Protocol != SegmentProtocol.Unknown && selector.Protocol != protocol)
        {
            throw CommandException.Usage($"'{text}' selects another protocol than this command's");
        }

        return selector.ToName().Value;
    }

    /// <summary>The segment's name.</summary>
    /// <exception cref="CommandException">It is not a name.</exception>
    internal SegmentName ToName()
    {
        try
        {
            return SegmentName.Parse(Text);
        }
        catch (ArgumentException e)
        {
            throw new CommandException(Output.ExitCode.Usage, ErrorReport.LineOf(e), e);
        }
    }

    /// <summary>Opens what is named, live or as a copied file.</summary>
    /// <exception cref="CommandException">There is no such segment.</exception>
    internal SegmentImage Open()
    {
        if (Text.IndexOf('/', StringComparison.Ordinal) > 0 || Text.LastIndexOf('/') > 0)
        {
            return File.Exists(Text)
                ? SegmentImage.FromFile(Text)
                : throw CommandException.NotFound($"no file '{Text}' (a segment's name has no inner slash)");
        }

        SegmentName name = ToName();
        if (!SegmentImage.TryOpen(name, out SegmentImage? image))
        {
            throw CommandException.NotFound($"no segment '{name.Value}'; 'plenum list' shows what exists");
        }

        if ((image.Info!.Value.Mode & TypeMask) == TypeRegular)
        {
            return image;
        }

        image.Dispose();
        throw CommandException.Malformed(
            $"'{name.Value}' is a folder, pipe, socket or device in {Platform.SegmentDirectory.Path}, not a segment");
    }
}
