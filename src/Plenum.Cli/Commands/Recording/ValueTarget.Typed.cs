using Plenum.Cli.Commands.ZeroIpc;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.Recording;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Commands.Recording;

/// <summary>Plays values of one type.</summary>
internal sealed class ValueTarget<T> : ReplayTarget
    where T : unmanaged
{
    private const int Capacity = 1024;
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(200);

    private readonly SharedMemory _memory;
    private readonly Element<T> _element;
    private readonly T[] _value = new T[1];
    private readonly byte[] _bytes;
    private readonly Func<T, CancellationToken, bool> _put;
    private readonly BroadcastPublisher<T>? _publisher;

    internal ValueTarget(SharedMemory memory, string entry, string structure, Element<T> element)
    {
        _memory = memory;
        _element = element;
        _bytes = new byte[Platform.ShareableType.SizeOf<T>()];
        Name = $"{memory.Name.TrimStart('/')}/{entry}";
        if (structure == "broadcast")
        {
            _publisher = SharedBroadcast<T>.CreateOrOpen(memory, entry).OpenPublisher();
            _put = Publish;
        }
        else
        {
            _put = Open(memory, entry, structure);
        }
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

    protected override void Dispose(bool disposing)
    {
        _publisher?.Dispose();
        _memory.Dispose();
    }

    private bool Publish(T value, CancellationToken cancellation) =>
        _publisher!.Emit(value, s_patience, cancellation) switch
        {
            EmitOutcome.Full => false,
            EmitOutcome.Closed => throw new CommandException(
                ExitCode.Problem, $"replaying into '{Name}': the broadcast is closed; --entry names another"),
            _ => true,
        };

    private static Func<T, CancellationToken, bool> Open(SharedMemory memory, string entry, string structure)
    {
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
                return (value, cancellation) => queue.Enqueue(value, s_patience, cancellation);
            case "ring" or "stream":
                // A stream of the C++ layout keeps its values in a ring of its own; of the Python layout, it is the
                // ring.
                string buffer = entry + "_buffer";
                SharedRing<T> ring = memory.Table.TryFind(buffer, out _)
                    ? SharedRing<T>.Open(memory, buffer)
                    : SharedRing<T>.CreateOrOpen(memory, entry, Capacity);
                return (value, cancellation) => ring.Write(value, s_patience, cancellation);
            case "channel":
                SharedQueue<T> sent = SharedQueue<T>.CreateOrOpen(memory, entry, Capacity);
                return (value, cancellation) => sent.Enqueue(value, s_patience, cancellation);
            default:
                throw CommandException.Usage(
                    $"--as: '{structure}' is not signal, stream, ring, queue, channel or broadcast");
        }
    }
}
