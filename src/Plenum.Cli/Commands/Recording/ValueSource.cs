using System.Globalization;
using Plenum.Cli.Commands.ZeroIpc;
using Plenum.Cli.Hosting;
using Plenum.Inspection;
using Plenum.Inspection.Watching;
using Plenum.Recording;

namespace Plenum.Cli.Commands.Recording;

/// <summary>The values of a signal, stream, ring, queue, channel or broadcast, seen beside its readers: nothing is
/// consumed.</summary>
internal sealed class ValueSource : RecordingSource
{
    private static readonly string[] s_kinds = ["signal", "stream", "ring", "queue", "channel", "broadcast"];

    private readonly SegmentImage _image;
    private readonly EntryFollower _follower;
    private readonly Queue<ReadOnlyMemory<byte>> _pending = new();
    private readonly int _size;
    private ulong _sequence;
    private long _missed;

    private ValueSource(SegmentImage image, EntryFollower follower, int size, RecordingDescription description)
    {
        _size = size;
        _image = image;
        _follower = follower;
        Description = description;
    }

    internal override RecordingDescription Description { get; }

    internal override string ItemsText => "values";

    internal override long Missed => _missed;

    /// <summary>Opens an entry.</summary>
    /// <exception cref="CommandException">There is none, or it has no values that can be followed.</exception>
    internal static ValueSource Open(string segment, string entry, string? type)
    {
        SegmentDescription description = ZeroIpcSegment.Describe("zeroipc:" + segment);
        EntryDescription found = EntryFollower.Find(description, entry)
            ?? throw CommandException.NotFound($"recording: no entry '{entry}' in segment '{segment}'");
        SegmentImage image = new Parsing.SegmentSelector(SegmentProtocol.ZeroIpc, segment).Open();
        var follower = EntryFollower.Create(image, description, found);
        if (!follower.HasValues || !s_kinds.Contains(follower.Kind))
        {
            image.Dispose();
            throw CommandException.Malformed(
                $"recording '{entry}' in '{segment}': its kind is {follower.Kind}; recorded are "
                + string.Join(", ", s_kinds));
        }

        string element = type ?? "bytes:" + follower.ElementBytes.ToString(CultureInfo.InvariantCulture);
        _ = ElementType.Find("--type", element);
        int size = SizeOf(element);

        // A signal's place may end with padding; other elements have exactly their size.
        if (size > follower.ElementBytes || (size < follower.ElementBytes && follower.Kind != "signal"))
        {
            image.Dispose();
            throw CommandException.Malformed(
                $"recording '{entry}' in '{segment}': its elements have {follower.ElementBytes} bytes, {element} has "
                + $"{size}");
        }

        return new ValueSource(image, follower, size, new RecordingDescription
        {
            Kind = RecordingKind.Values,
            Segment = segment,
            Entry = entry,
            Properties = new Dictionary<string, string>
            {
                ["protocol"] = "zeroipc",
                ["structure"] = follower.Kind,
                ["element-type"] = element,
                ["element-size"] = size.ToString(CultureInfo.InvariantCulture),
            },
        });
    }

    internal override SourceStep TakeNext(RecordingWriter recording, TimeSpan patience, CancellationToken cancellation)
    {
        for (long waited = 0; _pending.Count == 0; waited++)
        {
            // Read first: what was put in before it was closed is then in this look or an earlier one.
            bool isClosed = _follower.IsClosed;
            Look();
            if (_pending.Count == 0 && isClosed)
            {
                return SourceStep.Closed;
            }

            if (_pending.Count == 0 && (waited >= patience.TotalMilliseconds || cancellation.WaitHandle.WaitOne(1)))
            {
                cancellation.ThrowIfCancellationRequested();
                return SourceStep.Nothing;
            }
        }

        _ = recording.Add(_sequence++, _pending.Dequeue().Span[.._size], cancellation);
        return SourceStep.Taken;
    }

    protected override void Dispose(bool disposing) => _image.Dispose();

    private static int SizeOf(string type) => type switch
    {
        "i8" or "u8" or "bool" => 1,
        "i16" or "u16" => 2,
        "i32" or "u32" or "f32" => 4,
        "i64" or "u64" or "f64" => 8,
        _ => int.Parse(type["bytes:".Length..], CultureInfo.InvariantCulture),
    };

    private void Look()
    {
        EntryValues values = _follower.Poll();
        _missed += (long)values.Missed;
        if (values.Elements.Count == 0)
        {
            return;
        }

        _sequence = values.Position;
        foreach (ReadOnlyMemory<byte> element in values.Elements)
        {
            _pending.Enqueue(element);
        }
    }
}
