using System.Diagnostics;
using Plenum.Cli.Commands.ZeroBuffer;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Cli.Parsing;
using Plenum.Inspection;
using Plenum.Platform;
using Plenum.VoidShm;
using Plenum.ZeroBuffer;

namespace Plenum.Cli.Commands.Recording;

/// <summary>Finds out what a segment is and opens it for recording.</summary>
internal static class RecordingSources
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);

    /// <summary>Opens the source that the command line names.</summary>
    /// <exception cref="CommandException">There is none, or it cannot be recorded that way.</exception>
    internal static RecordingSource Open(CommandContext context, RecordingRequest request)
    {
        SegmentSelector selector = SegmentSelector.Parse(request.Segment);
        string name = selector.ToName().Value;
        SegmentProtocol protocol = selector.Protocol;
        if (protocol == SegmentProtocol.Unknown)
        {
            protocol = request.Entry is not null ? SegmentProtocol.ZeroIpc : Identify(name);
        }

        if (request.Tee is not null && protocol != SegmentProtocol.ZeroBuffer)
        {
            throw CommandException.Usage(
                $"--tee passes on the frames of a ZeroBuffer; '{name}' is {ProtocolText.Of(protocol)}, whose readers "
                + "do not "
                + "disturb each other");
        }

        return protocol switch
        {
            SegmentProtocol.ZeroBuffer => OpenBuffer(context, name, request),
            SegmentProtocol.Void => OpenVoid(context, name, request),
            _ => ValueSource.Open(
                name,
                request.Entry ?? throw CommandException.Usage(
                    $"'{name}' is a ZeroIPC segment: say which of its entries; 'plenum zeroipc entries {name}' lists "
                    + "them"),
                request.ElementType),
        };
    }

    // A name that does not exist yet is a buffer's: its reader, which the recorder is, creates it.
    private static SegmentProtocol Identify(string name)
    {
        if (!SegmentImage.TryOpen(SegmentName.Parse(name), out SegmentImage? image))
        {
            return SegmentProtocol.ZeroBuffer;
        }

        using (image)
        {
            SegmentProtocol found = SegmentInspector.Identify(image, out _);
            return found != SegmentProtocol.Unknown
                ? found
                : throw CommandException.Malformed(
                    $"recording '{name}': it is of none of the three protocols; zerobuffer:, zeroipc: or void: before "
                    + "the "
                    + "name says which is meant");
        }
    }

    private static BufferSource OpenBuffer(CommandContext context, string name, RecordingRequest request)
    {
        if (request.Entry is not null)
        {
            throw CommandException.Usage($"'{name}' is a ZeroBuffer, which has no entry '{request.Entry}'");
        }

        var reader = ZeroBufferReader.Create(name, new ZeroBufferOptions
        {
            MetadataSizeBytes = request.MetadataSizeBytes,
            PayloadSizeBytes = request.PayloadSizeBytes,
        });
        try
        {
            ZeroBufferWriter? tee = request.Tee is null
                ? null
                : BufferConnection.Connect(
                    SegmentSelector.NameFor(SegmentProtocol.ZeroBuffer, request.Tee), request.Wait,
                    context.Cancellation);
            return new BufferSource(reader, tee);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    private static SnapshotSource OpenVoid(CommandContext context, string name, RecordingRequest request)
    {
        var options = new VoidReaderOptions { Profile = request.Profile };
        var clock = Stopwatch.StartNew();
        while (true)
        {
            VoidInfo info = VoidInfo.Read(name, request.Profile);
            if (info.IsValid)
            {
                return new SnapshotSource(name, options, info, !request.HasTimeLimit);
            }

            if (clock.Elapsed >= request.Wait)
            {
                throw Void.VoidArguments.Failure(name, info.Code);
            }

            _ = context.Delay(s_look);
            context.Cancellation.ThrowIfCancellationRequested();
        }
    }
}
