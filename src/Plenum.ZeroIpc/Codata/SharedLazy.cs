using System.Diagnostics.CodeAnalysis;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A value that is computed when it is needed first, once in all processes (spec zeroipc 2.9; the peers'
/// Lazy).</summary>
/// <typeparam name="T">The value type; see <see cref="ShareableType"/> for what may be shared.</typeparam>
/// <remarks>
/// <para>Thread-safe. What the peers can represent (constants, sums, products, negatives, truth values) any of them can
/// force. A lazy that refers to other lazies, or is computed by a function of the program, only this library can: a
/// peer that forces it makes it fail, as the peers do with their own.</para>
/// <para>Whoever forces first computes, all others wait for it; a computing process of ours that dies hands the
/// computation on. Errors are remembered until <see cref="Invalidate"/>. A lazy computed from others notices, when it
/// is forced, that one of them was invalidated or computed anew, and is computed anew itself.</para>
/// <example>
/// <code>
/// var width = SharedLazy&lt;double&gt;.Constant(memory, "width", 3);
/// var height = SharedLazy&lt;double&gt;.Create(memory, "height", () => ReadSensor());
/// var area = SharedLazy&lt;double&gt;.Multiply(memory, "area", width, height);
/// double value = area.Force();
/// </code>
/// </example>
/// </remarks>
public sealed partial class SharedLazy<T>
    where T : unmanaged
{
    private const string Kind = "lazy";

    private readonly SharedMemory _memory;
    private readonly LazyCells<T> _cells;
    private readonly ComputationCore _core;
    private readonly Func<T>? _compute;
    private readonly SharedLazy<T>[] _dependencies;

    private SharedLazy(
        SharedMemory memory, string name, Func<T>? compute, SharedLazy<T>[] dependencies, CodataLayout? wanted)
    {
        ArgumentNullException.ThrowIfNull(memory);
        _memory = memory;
        Name = name;
        ShareableType.Check<T>();
        LazyLayout native = LazyLayout.Of<T>(CodataLayout.Native);
        LazyLayout python = LazyLayout.Of<T>(CodataLayout.Python);
        long offset = SyncEntry.Find(memory, name, Kind, native.SizeBytes, python.SizeBytes);
        Layout = wanted ?? (memory.Table.Find(name).SizeBytes == native.SizeBytes
            ? CodataLayout.Native : CodataLayout.Python);
        uint state = memory.Segment.UInt32(offset).ReadAcquire();
        if (state > (uint)FutureState.Failed)
        {
            throw SyncEntry.BadField(memory, Kind, name, "state", "0 to 3", Format.Number(state), offset);
        }

        if (compute is not null)
        {
            LazyFunctions<T>.Add(memory, offset, compute, dependencies);
        }

        (_compute, _dependencies) = compute is null
            ? LazyFunctions<T>.Find(memory, offset)
            : new LazyFunctions<T>.Known(compute, dependencies);
        _cells = new LazyCells<T>(memory.Segment, offset, Layout == CodataLayout.Native ? native : python);
        _core = new ComputationCore(memory.Segment, memory.Waits(), offset);
        if (_cells.RawOperation > (uint)LazyOperation.External)
        {
            throw SyncEntry.BadField(
                memory, Kind, name, "type", "0 to 5", Format.Number(_cells.RawOperation), offset + native.Operation);
        }
    }

    /// <summary>The entry's name.</summary>
    public string Name { get; }

    /// <summary>The segment it lies in.</summary>
    public SharedMemory Memory => _memory;

    /// <summary>Which peers it is laid out for.</summary>
    public CodataLayout Layout { get; }

    /// <summary>How far it is at this moment.</summary>
    public FutureState State => _core.State;

    /// <summary>What it computes.</summary>
    public LazyOperation Operation
    {
        get
        {
            uint raw = _cells.RawOperation;
            return typeof(T) == typeof(bool) && Layout == CodataLayout.Native && raw != 0
                ? (LazyOperation)(BoolOperations + raw)
                : (LazyOperation)raw;
        }
    }

    /// <summary>How often it was computed; constants and layouts without a count say 0.</summary>
    public long ComputeCount => _cells.Count;

    /// <summary>The error text; null unless it failed.</summary>
    public string? ErrorText => _core.State == FutureState.Failed ? _cells.ErrorText : null;

    internal ComputationCore Core => _core;

    /// <summary>Creates a value that is known from the start.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name, at most 31 bytes of UTF-8.</param>
    /// <param name="value">The value.</param>
    /// <param name="layout">Which peers it is laid out for.</param>
    /// <exception cref="NotSupportedException">The type must not be shared.</exception>
    /// <exception cref="EntryExistsException">The name is taken.</exception>
    /// <exception cref="SegmentFullException">The segment or its name table is full.</exception>
    public static SharedLazy<T> Constant(
        SharedMemory memory, string name, T value, CodataLayout layout = CodataLayout.Native) =>
        CreateWith(memory, name, layout, LazyOperation.Constant, value, default, value);

    /// <summary>Creates the sum of two values, computed when forced; the peers can force it too.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name, at most 31 bytes of UTF-8.</param>
    /// <param name="a">The first value.</param>
    /// <param name="b">The second value.</param>
    /// <inheritdoc cref="Constant" path="/exception"/>
    public static SharedLazy<T> Add(SharedMemory memory, string name, T a, T b) =>
        CreateWith(memory, name, CodataLayout.Native, LazyOperation.Add, a, b, null);

    /// <summary>Creates the product of two values, computed when forced; the peers can force it too.</summary>
    /// <inheritdoc cref="Add(SharedMemory, string, T, T)" path="/param"/>
    /// <inheritdoc cref="Constant" path="/exception"/>
    public static SharedLazy<T> Multiply(SharedMemory memory, string name, T a, T b) =>
        CreateWith(memory, name, CodataLayout.Native, LazyOperation.Multiply, a, b, null);

    /// <summary>Creates the negative of a value, computed when forced; the peers can force it too.</summary>
    /// <inheritdoc cref="Add(SharedMemory, string, T, T)" path="/param"/>
    /// <inheritdoc cref="Constant" path="/exception"/>
    public static SharedLazy<T> Negate(SharedMemory memory, string name, T a) =>
        CreateWith(memory, name, CodataLayout.Native, LazyOperation.Negate, a, default, null);

    /// <summary>Creates the sum of two lazies of the same segment; they are forced when this is.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name, at most 31 bytes of UTF-8.</param>
    /// <param name="a">The first lazy.</param>
    /// <param name="b">The second lazy.</param>
    /// <exception cref="ArgumentException">An operand lies in another segment.</exception>
    /// <exception cref="NotSupportedException">The type is no number, or an operand lies behind the first 8
    /// GiB.</exception>
    /// <exception cref="EntryExistsException">The name is taken.</exception>
    /// <exception cref="SegmentFullException">The segment or its name table is full.</exception>
    public static SharedLazy<T> Add(SharedMemory memory, string name, SharedLazy<T> a, SharedLazy<T> b) =>
        CreateChain(memory, name, LazyOperation.Add, a, b);

    /// <summary>Creates the product of two lazies of the same segment; they are forced when this is.</summary>
    /// <inheritdoc cref="Add(SharedMemory, string, SharedLazy{T}, SharedLazy{T})" path="/param"/>
    /// <inheritdoc cref="Add(SharedMemory, string, SharedLazy{T}, SharedLazy{T})" path="/exception"/>
    public static SharedLazy<T> Multiply(SharedMemory memory, string name, SharedLazy<T> a, SharedLazy<T> b) =>
        CreateChain(memory, name, LazyOperation.Multiply, a, b);

    /// <summary>Creates the negative of a lazy of the same segment; it is forced when this is.</summary>
    /// <inheritdoc cref="Add(SharedMemory, string, SharedLazy{T}, SharedLazy{T})" path="/param"/>
    /// <inheritdoc cref="Add(SharedMemory, string, SharedLazy{T}, SharedLazy{T})" path="/exception"/>
    public static SharedLazy<T> Negate(SharedMemory memory, string name, SharedLazy<T> a) =>
        CreateChain(memory, name, LazyOperation.Negate, a, null);

    /// <summary>Creates a lazy that a function computes.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name, at most 31 bytes of UTF-8.</param>
    /// <param name="compute">Called by the process that forces first; an exception becomes the error text.</param>
    /// <param name="dependencies">Lazies that are forced before; when one of them changes, this is computed
    /// anew.</param>
    /// <param name="layout">Which peers it is laid out for.</param>
    /// <exception cref="NotSupportedException">The type must not be shared.</exception>
    /// <exception cref="EntryExistsException">The name is taken.</exception>
    /// <exception cref="SegmentFullException">The segment or its name table is full.</exception>
    public static SharedLazy<T> Create(
        SharedMemory memory,
        string name,
        Func<T> compute,
        IEnumerable<SharedLazy<T>>? dependencies = null,
        CodataLayout layout = CodataLayout.Native)
    {
        ArgumentNullException.ThrowIfNull(compute);
        _ = CreateWith(memory, name, layout, LazyOperation.External, default, default, null);
        return Open(memory, name, compute, dependencies);
    }

    /// <summary>Opens a lazy, whichever language created it.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="compute">Computes it if this process forces first; null for the function that was given for this
    /// entry and segment object before, or where only others compute.</param>
    /// <param name="dependencies">Lazies that are forced before; the same ones in every process that computes.</param>
    /// <exception cref="NotSupportedException">The type must not be shared.</exception>
    /// <exception cref="EntryNotFoundException">No such entry.</exception>
    /// <exception cref="SegmentFormatException">The entry is not a lazy, or of a value of another size.</exception>
    public static SharedLazy<T> Open(
        SharedMemory memory, string name, Func<T>? compute = null, IEnumerable<SharedLazy<T>>? dependencies = null) =>
        new(memory, name, compute, [.. dependencies ?? []], null);

    /// <summary>Opens a lazy if there is one.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="lazy">The lazy.</param>
    /// <returns>False when there is no such entry.</returns>
    /// <exception cref="SegmentFormatException">The entry is not a lazy, or of a value of another size.</exception>
    public static bool TryOpen(SharedMemory memory, string name, [NotNullWhen(true)] out SharedLazy<T>? lazy) =>
        (lazy = SyncEntry.TryOpen(memory, name, () => Open(memory, name))) is not null;

    /// <summary>Opens a lazy, or creates it with a function; safe when several processes do so at once.</summary>
    /// <inheritdoc cref="Create" path="/param"/>
    /// <exception cref="SegmentFormatException">The entry is not a lazy, or of a value of another size.</exception>
    public static SharedLazy<T> CreateOrOpen(
        SharedMemory memory,
        string name,
        Func<T> compute,
        IEnumerable<SharedLazy<T>>? dependencies = null,
        CodataLayout layout = CodataLayout.Native)
    {
        SharedLazy<T>[] all = [.. dependencies ?? []];
        return SyncEntry.CreateOrOpen(
            memory, name, () => Create(memory, name, compute, all, layout), () => Open(memory, name, compute, all));
    }

    internal static SharedLazy<T> CreateWith(
        SharedMemory memory, string name, CodataLayout layout, LazyOperation operation, T a, T b, T? computed)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ShareableType.Check<T>();
        LazyLayout fields = LazyLayout.Of<T>(layout);
        _ = memory.Allocate(new EntryRequest(
            name,
            fields.SizeBytes,
            (segment, offset) =>
                LazyCells<T>.Initialize(segment, offset, fields, (uint)operation & 0xFF, a, b, computed)));
        return new SharedLazy<T>(memory, name, null, [], layout);
    }

    private static SharedLazy<T> CreateChain(
        SharedMemory memory, string name, LazyOperation operation, SharedLazy<T> a, SharedLazy<T>? b)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(a);
        _ = LazyArithmetic.Compute<T>(operation, default, default);
        if (a.Memory.Name != memory.Name || (b is not null && b.Memory.Name != memory.Name))
        {
            throw new ArgumentException(
                $"Could not create lazy '{name}' in segment '{memory.Name}': it can refer to lazies of the same "
                + "segment only.");
        }

        LazyLayout fields = LazyLayout.Of<T>(CodataLayout.Native);
        _ = memory.Allocate(new EntryRequest(
            name,
            fields.SizeBytes,
            (segment, offset) => LazyCells<T>.InitializeChain(
                segment, offset, fields, operation, a.Core.Offset, b?.Core.Offset ?? 0)));
        return Open(memory, name);
    }
}
