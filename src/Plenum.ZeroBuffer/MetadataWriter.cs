using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer;

/// <summary>The metadata of a buffer as its writer sees it: it can be written once in the life of the buffer.</summary>
/// <remarks>Belongs to its writer: one thread at a time. A later writer of the same buffer finds the metadata
/// written.</remarks>
public sealed class MetadataWriter
{
    private readonly WriterEndpoint _writer;
    private readonly MetadataArea _area;

    internal MetadataWriter(WriterEndpoint writer, MetadataArea area)
    {
        _writer = writer;
        _area = area;
    }

    /// <summary>The largest metadata the block can hold, in bytes; 0 when it can hold none.</summary>
    public int CapacityBytes => _area.CapacityBytes;

    /// <summary>Whether metadata was written, by this writer or one before it.</summary>
    /// <exception cref="InvalidOperationException">Another thread is using the writer.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public bool IsWritten
    {
        get
        {
            _writer.Enter();
            try
            {
                return _area.IsWritten;
            }
            finally
            {
                _writer.Exit();
            }
        }
    }

    /// <summary>Writes the metadata.</summary>
    /// <param name="metadata">The bytes. C++ and Python readers refuse empty metadata.</param>
    /// <exception cref="ArgumentException">Larger than <see cref="CapacityBytes"/>; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">
    /// Metadata was written before, a reservation is open, or another thread is using the writer; nothing was changed.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public void Write(ReadOnlySpan<byte> metadata)
    {
        using MetadataReservation reservation = Reserve(metadata.Length);
        metadata.CopyTo(reservation.Span);
        reservation.Commit();
    }

    /// <summary>Writes text as UTF-8.</summary>
    /// <param name="text">The text.</param>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte})" path="/exception"/>
    public void WriteText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Write(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Writes a value as JSON.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="typeInfo">From a source-generated <c>JsonSerializerContext</c>.</param>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte})" path="/exception"/>
    public void WriteJson<T>(T value, JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        Write(JsonSerializer.SerializeToUtf8Bytes(value, typeInfo));
    }

    /// <summary>Reserves the block to fill it in place.</summary>
    /// <param name="sizeBytes">Size of the metadata in bytes.</param>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte})" path="/exception"/>
    public MetadataReservation Reserve(int sizeBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeBytes);
        _writer.Enter();
        try
        {
            RequireRoom(sizeBytes);
            ulong ticket = _writer.OpenReservation();
            return new MetadataReservation(this, ticket, _area.Room(sizeBytes));
        }
        finally
        {
            _writer.Exit();
        }
    }

    internal bool IsReserved(ulong ticket) => _writer.Reservation.IsOpenFor(ticket);

    internal void Commit(ulong ticket, int sizeBytes)
    {
        _writer.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(!_writer.Reservation.TryEnd(ticket), typeof(MetadataReservation));
            _area.Publish(sizeBytes);
        }
        finally
        {
            _writer.Exit();
        }
    }

    internal void Abort(ulong ticket) => _writer.Reservation.Abort(ticket);

    private void RequireRoom(int sizeBytes)
    {
        if (_area.IsWritten)
        {
            throw new InvalidOperationException(
                "The metadata of this buffer was written before; it is written once. Create the buffer anew to change "
                + "it.");
        }

        if (_area.SizeBytes < MetadataArea.PrefixBytes || sizeBytes > _area.CapacityBytes)
        {
            throw new ArgumentException(
                $"Metadata of {sizeBytes} bytes does not fit: the block holds {_area.CapacityBytes}. Let the reader "
                + "create the buffer with "
                + "a larger metadata size.",
                nameof(sizeBytes));
        }
    }
}
