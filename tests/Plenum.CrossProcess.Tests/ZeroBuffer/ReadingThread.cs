using System.Runtime.ExceptionServices;
using Plenum.ZeroBuffer;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>Reads on a thread of its own, and checks each frame, until there is no frame any more.</summary>
internal sealed class ReadingThread
{
    private readonly Thread _thread;
    private ReadOutcome _end;
    private Exception? _error;
    private int _frames;

    public ReadingThread(ZeroBufferReader reader)
    {
        _thread = new Thread(() => Run(reader)) { IsBackground = true, Name = "reader under test" };
        _thread.Start();
    }

    /// <summary>Frames read so far.</summary>
    public int Frames => Volatile.Read(ref _frames);

    /// <summary>How reading ended; waits for it.</summary>
    public ReadOutcome End()
    {
        if (!_thread.Join(Watchdog.Limit))
        {
            throw new TimeoutException("The reader hangs.\n" + Watchdog.Threads());
        }

        if (_error is not null)
        {
            ExceptionDispatchInfo.Throw(_error);
        }

        return _end;
    }

    private void Run(ZeroBufferReader reader)
    {
        try
        {
            while ((_end = reader.Read(out Frame frame, BufferChecks.Patience)) == ReadOutcome.Frame)
            {
                using (frame)
                {
                    Assert.Equal((ulong)_frames + 1, frame.Sequence);
                    Assert.True(FramePattern.Matches(frame.Span, frame.Sequence), $"the bytes of frame "
                        + $"{frame.Sequence}");
                }

                Volatile.Write(ref _frames, _frames + 1);
            }
        }
        catch (Exception e)
        {
            _error = e;
        }
    }
}
