using Plenum.Cli.Commands.ZeroIpc;
using Plenum.Cli.Hosting;
using Plenum.Recording;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.Recording;

/// <summary>Plays values of one type.</summary>
internal sealed class ValueTarget<T> : ReplayTarget
    where T : unmanaged
{
    private const int Capacity = 1024;

    private readonly SharedMemory _memory;
    private readonly Element<T> _element;
    private readonly T[] _value = new T[1];
    private readonly byte[] _bytes;
    private readonly Func<T, CancellationToken, bool> _put;

    internal ValueTarget(SharedMemory memory, string entry, string structure, Element<T> element)
    {
        _memory = memory;
        _element = element;
        _bytes = new byte[Platform.ShareableType.SizeOf<T>()];
        Name = $"{memory.Name.TrimStart('/')}/{entry}";
        _put = Open(memory, entry, structure);
    }

    internal override string Name { get; }

    internal override void Put(in RecordedItem item, CancellationToken cancellation)
    {
        if (item.Data.Length != _bytes.Length)
        {
            throw CommandException.Malformed(
                $"replaying into '{Name}': item {item.Sequence} has {item.Data.Length} bytes, an element "
                + $"{_bytes.Length}");
        }

        item.Data.CopyTo(_bytes);
        if (typeof(T).IsPrimitive)
        {
            Buffer.BlockCopy(_bytes, 0, _value, 0, _bytes.Length);
        }
        else
        {
            _ = _element.TryParse(Convert.ToHexStringLower(_bytes), out _value[0]);
        }

        while (!_put(_value[0], cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    protected override void Dispose(bool disposing) => _memory.Dispose();

    private static Func<T, CancellationToken, bool> Open(SharedMemory memory, string entry, string structure)
    {
        TimeSpan patience = TimeSpan.FromMilliseconds(200);
        switch (structure)
        {
            case "signal":
                var signal = SharedSignal<T>.CreateOrOpen(memory, entry, default);
                return (value, _) =>
                {
                    signal.Set(value);
                    return true;
                };
            case "queue":
                var queue = SharedQueue<T>.CreateOrOpen(memory, entry, Capacity);
                return (value, cancellation) => queue.Enqueue(value, patience, cancellation);
            case "ring" or "stream":
                // A stream of the C++ layout keeps its values in a ring of its own; of the Python layout, it is the
                // ring.
                string buffer = entry + "_buffer";
                SharedRing<T> ring = memory.Table.TryFind(buffer, out _)
                    ? SharedRing<T>.Open(memory, buffer)
                    : SharedRing<T>.CreateOrOpen(memory, entry, Capacity);
                return (value, cancellation) => ring.Write(value, patience, cancellation);
            case "channel":
                SharedQueue<T> sent = SharedQueue<T>.CreateOrOpen(memory, entry, Capacity);
                return (value, cancellation) => sent.Enqueue(value, patience, cancellation);
            default:
                throw CommandException.Usage($"--as: '{structure}' is not signal, stream, ring or queue");
        }
    }
}
