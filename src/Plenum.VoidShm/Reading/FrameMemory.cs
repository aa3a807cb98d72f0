namespace Plenum.VoidShm.Reading;

/// <summary>Frame numbers as a reader has returned them: it never goes back within an epoch.</summary>
internal struct FrameMemory
{
    private ulong _epoch;
    private ulong _frame;
    private bool _any;

    internal readonly bool IsOlder(ulong epoch, ulong frame, ulong mask) =>
        _any && epoch == _epoch && ((frame - _frame) & mask) > mask / 2;

    internal void Remember(ulong epoch, ulong frame)
    {
        _any = true;
        _epoch = epoch;
        _frame = frame;
    }
}
