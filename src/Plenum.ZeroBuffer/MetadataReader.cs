using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Plenum.Platform;
using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer;

/// <summary>The metadata of a buffer as its reader sees it: written once by a writer, absent before.</summary>
/// <remarks>Belongs to its reader: one thread at a time. The validated length never leads outside the metadata
/// block.</remarks>
public sealed class MetadataReader
{
    private readonly ReaderEndpoint _reader;
    private readonly MetadataArea _area;

    internal MetadataReader(ReaderEndpoint reader, MetadataArea area)
    {
        _reader = reader;
        _area = area;
    }

    /// <summary>The largest metadata the block can hold, in bytes; 0 when it can hold none.</summary>
    public int CapacityBytes => _area.CapacityBytes;

    /// <summary>The metadata in place.</summary>
    /// <param name="view">The view; dispose it.</param>
    /// <returns>False when none was written yet.</returns>
    /// <exception cref="SegmentCorruptedException">The length contradicts the header.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using the reader.</exception>
    /// <exception cref="ObjectDisposedException">The reader was disposed.</exception>
    public bool TryGet(out MetadataView view)
    {
        view = default;
        _reader.Enter();
        try
        {
            if (!_area.TryRead(out ReadOnlySpan<byte> metadata))
            {
                return false;
            }

            view = new MetadataView(new MappingHold(_reader.Buffer.Segment), metadata);
            return true;
        }
        finally
        {
            _reader.Exit();
        }
    }

    /// <summary>A copy of the metadata; null when none was written yet.</summary>
    /// <inheritdoc cref="TryGet" path="/exception"/>
    public byte[]? ToArray()
    {
        if (!TryGet(out MetadataView view))
        {
            return null;
        }

        using (view)
        {
            return view.Span.ToArray();
        }
    }

    /// <summary>The metadata as UTF-8 text; null when none was written yet.</summary>
    /// <inheritdoc cref="TryGet" path="/exception"/>
    public string? ReadText() => ToArray() is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>The metadata as a value written in JSON; the default value when none was written yet.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="typeInfo">From a source-generated <c>JsonSerializerContext</c>.</param>
    /// <exception cref="JsonException">It is not JSON of this type.</exception>
    /// <inheritdoc cref="TryGet" path="/exception"/>
    public T? ReadJson<T>(JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        return ToArray() is { } bytes ? JsonSerializer.Deserialize(bytes, typeInfo) : default;
    }
}
