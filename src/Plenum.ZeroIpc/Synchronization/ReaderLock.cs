namespace Plenum.ZeroIpc;

/// <summary>A reader-writer lock held for reading by this process. Disposing it ends the read.</summary>
/// <remarks>Any thread may dispose it. Copies mean the same lock: the first disposal ends the read, later ones do
/// nothing. The default
/// value holds nothing.</remarks>
public readonly struct ReaderLock : IDisposable
{
    private readonly OwnerRecord? _record;
    private readonly int _stamp;

    internal ReaderLock(ReaderWriterCore core, OwnerRecord record, bool abandoned)
    {
        _record = record;
        record.Hold(core, abandoned);
        _stamp = record.Stamp;
    }

    /// <summary>Whether it is held: false for the default value and after <see cref="Dispose"/>.</summary>
    public bool IsHeld => _record is not null && _record.Stamp == _stamp;

    /// <summary>True when this reader cleared up behind a writer that died: what the lock protects may be half
    /// changed.</summary>
    public bool WasAbandoned => IsHeld && _record!.WasAbandoned;

    internal OwnerRecord? Record => _record;

    /// <summary>Ends the read. Does not block.</summary>
    /// <exception cref="Plenum.Platform.SegmentCorruptedException">Another process ended more reads than it had
    /// begun.</exception>
    public void Dispose()
    {
        OwnerRecord? record = _record;
        if (record is not null && record.Stamp == _stamp)
        {
            record.Reader!.ExitRead(record);
        }
    }
}
