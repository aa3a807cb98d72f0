namespace Plenum.ZeroIpc;

/// <summary>A reader-writer lock held for writing by this process. Disposing it ends the write.</summary>
/// <remarks>Any thread may dispose it. Copies mean the same lock: the first disposal ends the write, later ones do
/// nothing. The default
/// value holds nothing.</remarks>
public readonly struct WriterLock : IDisposable
{
    private readonly ReaderWriterCore? _core;
    private readonly MutexLock _writer;

    internal WriterLock(ReaderWriterCore core, MutexLock writer)
    {
        _core = core;
        _writer = writer;
    }

    /// <summary>Whether it is held: false for the default value and after <see cref="Dispose"/>.</summary>
    public bool IsHeld => _writer.IsHeld;

    /// <summary>True when the previous writer died while it wrote: what the lock protects may be half
    /// changed.</summary>
    public bool WasAbandoned => _writer.WasAbandoned;

    internal MutexLock Writer => _writer;

    /// <summary>Ends the write. Does not block; wakes the waiting readers, or the longest waiting writer of
    /// ours.</summary>
    /// <exception cref="Plenum.Platform.SegmentCorruptedException">Another process released the lock
    /// meanwhile.</exception>
    public void Dispose()
    {
        if (_writer.IsHeld)
        {
            _core!.Retreat(_writer);
        }
    }
}
