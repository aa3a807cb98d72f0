using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>A reader that throws its frames away, so that a relay can run without a consumer.</summary>
internal sealed class BufferDrain : IDisposable
{
    private readonly ZeroBufferReader _reader;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;

    private BufferDrain(ZeroBufferReader reader)
    {
        _reader = reader;
        _thread = new Thread(Drain) { IsBackground = true, Name = "relay drain" };
        _thread.Start();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _reader.Dispose();
        _stop.Dispose();
    }

    /// <summary>Creates the buffer; null when somebody reads it already.</summary>
    internal static BufferDrain? TryStart(string name, ZeroBufferOptions options)
    {
        try
        {
            return new BufferDrain(ZeroBufferReader.Create(name, options));
        }
        catch (SegmentBusyException)
        {
            return null;
        }
    }

    private void Drain()
    {
        try
        {
            while (_reader.Read(out Frame frame, Timeout.InfiniteTimeSpan, _stop.Token) == ReadOutcome.Frame)
            {
                frame.Dispose();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SharedMemoryException)
        {
            // Stopped, or the relay's own writer ended: either way there is nothing more to drain.
        }
    }
}
