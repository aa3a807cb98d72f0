using System.Globalization;
using Plenum.Cli.Output;
using Plenum.Platform;
using Plenum.Recording;
using Plenum.ZeroBuffer;

namespace Plenum.Cli.Commands.Recording;

/// <summary>The frames of a buffer, taken as its reader; each may be passed on to another buffer.</summary>
internal sealed class BufferSource(ZeroBufferReader reader, ZeroBufferWriter? tee) : RecordingSource
{
    private bool _hasMetadata;
    private string? _teeTrouble;

    internal override RecordingDescription Description { get; } = new()
    {
        Kind = RecordingKind.Frames,
        Segment = reader.Name,
        Properties = new Dictionary<string, string>
        {
            ["protocol"] = "zerobuffer",
            ["metadata-size"] = reader.MetadataSizeBytes.ToString(CultureInfo.InvariantCulture),
            ["payload-size"] = reader.PayloadSizeBytes.ToString(CultureInfo.InvariantCulture),
        },
    };

    internal override string ItemsText => "frames";

    internal override (int ExitCode, string Text)? Trouble =>
        _teeTrouble is { } text ? (ExitCode.PeerDied, text) : null;

    internal override SourceStep TakeNext(RecordingWriter recording, TimeSpan patience, CancellationToken cancellation)
    {
        switch (reader.Read(out Frame frame, patience, cancellation))
        {
            case ReadOutcome.Frame:
                using (frame)
                {
                    TakeMetadata(recording, frame.Sequence, cancellation);
                    _ = recording.Add(frame.Sequence, frame.Span, cancellation);
                    PassOn(frame.Span, cancellation);
                }

                return SourceStep.Taken;
            case ReadOutcome.WriterClosed:
                return SourceStep.Closed;
            case ReadOutcome.WriterDied:
                return SourceStep.Died;
            default:
                return SourceStep.Nothing;
        }
    }

    protected override void Dispose(bool disposing)
    {
        tee?.Dispose();
        reader.Dispose();
    }

    // A writer sends its metadata before its first frame; a new writer starts again at 1.
    private void TakeMetadata(RecordingWriter recording, ulong sequence, CancellationToken cancellation)
    {
        if ((_hasMetadata && sequence != 1) || reader.Metadata.ToArray() is not { } metadata)
        {
            return;
        }

        _hasMetadata = true;
        _ = recording.Add(
            RecordedItemKind.Metadata, recording.ElapsedNanoseconds, sequence, [], metadata, cancellation);
        if (tee is { Metadata.IsWritten: false } && metadata.Length <= tee.Metadata.CapacityBytes)
        {
            tee.Metadata.Write(metadata);
        }
    }

    // The recording is worth more than the tee: it goes on when the reader of the tee is gone.
    private void PassOn(ReadOnlySpan<byte> data, CancellationToken cancellation)
    {
        if (tee is null || _teeTrouble is not null)
        {
            return;
        }

        try
        {
            _ = tee.TryWrite(data, Timeout.InfiniteTimeSpan, cancellation);
        }
        catch (SharedMemoryException e)
        {
            _teeTrouble = $"passing frames on to '{tee.Name}' ended, the recording went on: {e.Message}";
        }
    }
}
