using Plenum.VoidShm.Writing;

namespace Plenum.VoidShm;

/// <summary>A frame that is written in place: the payload itself, handed out between two marks of the
/// sequence.</summary>
/// <remarks>Dispose it on the thread that began it, as soon as the values stand; it publishes them as one frame. The
/// span must not be
/// used afterwards. Cells that are not stored keep the values of the frame before. While it is open, readers see an
/// unfinished frame and
/// every other operation of the writer throws.</remarks>
public ref struct VoidFrameLease
{
    private VoidShmWriter? _writer;
    private readonly WriterSession _session;

    internal VoidFrameLease(VoidShmWriter writer, WriterSession session)
    {
        _writer = writer;
        _session = session;
        Values = session.Payload();
        Channels = session.Plan.Channels;
        Length = session.Plan.Length;
    }

    /// <summary>The whole payload, channel by channel.</summary>
    public Span<float> Values { get; }

    /// <summary>Number of channels.</summary>
    public int Channels { get; }

    /// <summary>Floats in each channel.</summary>
    public int Length { get; }

    /// <summary>The values of one channel.</summary>
    /// <param name="index">0 to <see cref="Channels"/> - 1.</param>
    public readonly Span<float> Channel(int index) => Values.Slice(index * Length, Length);

    /// <summary>Publishes the frame. Idempotent.</summary>
    public void Dispose()
    {
        VoidShmWriter? writer = _writer;
        _writer = null;
        writer?.EndFrame(_session);
    }
}
