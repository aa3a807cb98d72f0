using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer;

/// <summary>The metadata in shared memory, read in place. Dispose it when done.</summary>
/// <remarks>The memory stays mapped until <see cref="Dispose"/>, also after the reader was disposed. Belongs to one
/// thread. Making a view allocates a small object.</remarks>
public readonly ref struct MetadataView
{
    private readonly MappingHold? _hold;
    private readonly ReadOnlySpan<byte> _span;

    internal MetadataView(MappingHold hold, ReadOnlySpan<byte> span)
    {
        _hold = hold;
        _span = span;
    }

    /// <summary>False for a default value, and after the view was disposed.</summary>
    public bool IsValid => _hold is not null && _hold.IsHeld;

    /// <summary>The metadata. A hostile writer may change it while it is read: copy what is parsed.</summary>
    /// <exception cref="ObjectDisposedException">The view was disposed, or is a default value.</exception>
    public ReadOnlySpan<byte> Span => IsValid
        ? _span
        : throw new ObjectDisposedException(nameof(MetadataView));

    /// <summary>Ends the view. Does nothing when that happened before.</summary>
    public void Dispose() => _hold?.Release();
}
