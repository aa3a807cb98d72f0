using System.Runtime.Versioning;

namespace Plenum.Platform;

/// <content>Windows: named kernel semaphores through the BCL. Compiled, not run.</content>
public sealed partial class NamedSemaphore
{
    private readonly Semaphore? _kernel;

    private NamedSemaphore(string name, Semaphore kernel)
    {
        Name = name;
        _kernel = kernel;
    }

    [SupportedOSPlatform("windows")]
    private static NamedSemaphore CreateWindows(string name, int initialCount)
    {
        const string operation = "create semaphore";
        try
        {
            var kernel = new Semaphore(initialCount, MaxCount, name, out bool createdNew);
            if (createdNew)
            {
                return new NamedSemaphore(name, kernel);
            }

            kernel.Dispose();
            throw new SegmentExistsException(
                $"Could not {operation} '{name}': the name is taken. Choose another name, or end the processes that hold it.",
                operation,
                name);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or WaitHandleCannotBeOpenedException)
        {
            throw new SharedMemoryException($"Could not {operation} '{name}': {e.Message}", operation, name, e.HResult, e);
        }
    }

    [SupportedOSPlatform("windows")]
    private static NamedSemaphore? OpenWindows(string name)
    {
        try
        {
            return Semaphore.TryOpenExisting(name, out Semaphore? kernel) ? new NamedSemaphore(name, kernel) : null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new SharedMemoryException($"Could not open semaphore '{name}': {e.Message}", "open semaphore", name, e.HResult, e);
        }
    }

    [SupportedOSPlatform("windows")]
    private bool PostWindows(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        try
        {
            _kernel!.Release(count);
            return true;
        }
        catch (SemaphoreFullException)
        {
            return false;
        }
    }

    [SupportedOSPlatform("windows")]
    private int TakeWindows(int maximum)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximum, 1);
        int taken = 0;
        while (taken < maximum && _kernel!.WaitOne(0))
        {
            taken++;
        }

        return taken;
    }

    // In slices, so that Dispose is noticed; the token's own handle ends a slice at once.
    [SupportedOSPlatform("windows")]
    private bool ParkWindows(long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        WaitHandle[] handles = cancellationToken.CanBeCanceled ? [_kernel!, cancellationToken.WaitHandle] : [_kernel!];
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ThrowIfDisposed();
            long left = deadlineNanoseconds - MonotonicClock.Nanoseconds;
            int slice = (int)Math.Clamp(left / 1_000_000, 0, 50);
            if (WaitHandle.WaitAny(handles, slice) == 0)
            {
                return true;
            }

            if (left <= 0)
            {
                return false;
            }
        }
    }
}
