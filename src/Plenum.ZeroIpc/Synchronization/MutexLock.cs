using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A mutex or monitor held by this process. Disposing it unlocks.</summary>
/// <remarks>
/// <para>Any thread may dispose it, so it may cross an <c>await</c>. Copies mean the same lock: the first disposal
/// unlocks, later ones do
/// nothing. The default value holds nothing.</para>
/// <example>
/// <code>
/// using (await mutex.LockAsync())
/// {
///     // the only one of all processes
/// }
/// </code>
/// </example>
/// </remarks>
public readonly struct MutexLock : IDisposable
{
    private readonly OwnerRecord? _record;
    private readonly int _stamp;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal MutexLock(CountLock subject, OwnerRecord record, bool abandoned)
    {
        _record = record;
        record.Hold(subject, abandoned);
        _stamp = record.Stamp;
    }

    /// <summary>Whether it is held: false for the default value and after <see cref="Dispose"/>.</summary>
    public bool IsHeld => _record is not null && _record.Stamp == _stamp;

    /// <summary>
    /// True when the previous owner died while it held the lock: what the lock protects may be half changed. Only the
    /// first holder
    /// after the death is told.
    /// </summary>
    public bool WasAbandoned => IsHeld && _record!.WasAbandoned;

    internal CountLock? Subject => _record?.Mutex;

    internal OwnerRecord? Record => _record;

    /// <summary>Unlocks. Does not block; wakes the longest waiting process of ours.</summary>
    /// <exception cref="SegmentCorruptedException">Another process released the lock meanwhile.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dispose()
    {
        OwnerRecord? record = _record;
        if (record is not null && record.Stamp == _stamp)
        {
            record.Mutex!.GiveBack(record);
        }
    }
}
