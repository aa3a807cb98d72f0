namespace Plenum.ZeroBuffer;

/// <summary>The metadata block, to be filled in place and committed. Nothing is visible before
/// <see cref="Commit"/>.</summary>
/// <remarks>While it is open the writer refuses writes. Copies of this struct count as one. Belongs to one
/// thread.</remarks>
public readonly ref struct MetadataReservation
{
    private readonly MetadataWriter? _writer;
    private readonly ulong _ticket;
    private readonly Span<byte> _span;

    internal MetadataReservation(MetadataWriter writer, ulong ticket, Span<byte> span)
    {
        _writer = writer;
        _ticket = ticket;
        _span = span;
    }

    /// <summary>The room, in shared memory.</summary>
    /// <exception cref="ObjectDisposedException">The reservation was committed or disposed, or is a default
    /// value.</exception>
    public Span<byte> Span => _writer is not null && _writer.IsReserved(_ticket)
        ? _span
        : throw new ObjectDisposedException(nameof(MetadataReservation));

    /// <summary>Publishes the metadata.</summary>
    /// <exception cref="ObjectDisposedException">It was committed or disposed before, or the writer was
    /// disposed.</exception>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(_writer is null, typeof(MetadataReservation));
        _writer.Commit(_ticket, _span.Length);
    }

    /// <summary>Gives up unless committed. Never throws.</summary>
    public void Dispose() => _writer?.Abort(_ticket);
}
