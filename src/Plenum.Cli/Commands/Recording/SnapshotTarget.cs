using Plenum.Cli.Hosting;
using Plenum.Recording;
using Plenum.VoidShm;

namespace Plenum.Cli.Commands.Recording;

/// <summary>Publishes snapshots as a VOID segment's writer; the segment takes each snapshot's shape.</summary>
internal sealed class SnapshotTarget(string name, VoidWriterOptions options) : ReplayTarget
{
    private VoidShmWriter? _writer;
    private float[] _values = [];

    internal override string Name => name;

    internal override void Put(in RecordedItem item, CancellationToken cancellation)
    {
        if (!SnapshotItem.TryRead(item.Data, ref _values, out SnapshotItem shape))
        {
            throw CommandException.Malformed(
                $"replaying into '{name}': item {item.Sequence} has {item.Data.Length} bytes, which is no snapshot");
        }

        _writer ??= VoidShmWriter.Connect(name, shape.Channels, shape.Length, options);
        if (_writer.Channels != shape.Channels || _writer.Length != shape.Length)
        {
            _writer.Reshape(shape.Channels, shape.Length);
        }

        _ = _writer.Write(_values.AsSpan(0, shape.FloatCount));
    }

    protected override void Dispose(bool disposing) => _writer?.Dispose();
}
