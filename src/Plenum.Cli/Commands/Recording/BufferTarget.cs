using Plenum.Cli.Hosting;
using Plenum.Recording;
using Plenum.ZeroBuffer;

namespace Plenum.Cli.Commands.Recording;

/// <summary>Plays frames into a buffer, as its writer.</summary>
internal sealed class BufferTarget(ZeroBufferWriter writer) : ReplayTarget
{
    internal override string Name => writer.Name;

    internal override void PutMetadata(in RecordedItem item)
    {
        if (writer.Metadata.IsWritten)
        {
            return;
        }

        if (item.Data.Length > writer.Metadata.CapacityBytes)
        {
            throw CommandException.Usage(
                $"replaying into '{Name}': the recorded metadata has {item.Data.Length} bytes, the buffer's block "
                + $"{writer.Metadata.CapacityBytes}; its reader must create it with a larger --metadata-size");
        }

        writer.Metadata.Write(item.Data);
    }

    internal override void Put(in RecordedItem item, CancellationToken cancellation) =>
        _ = writer.TryWrite(item.Data, Timeout.InfiniteTimeSpan, cancellation);

    protected override void Dispose(bool disposing) => writer.Dispose();
}
