using Plenum.ZeroBuffer;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>Writes on a thread of its own until the writer refuses.</summary>
internal sealed class WritingThread
{
    private readonly Thread _thread;
    private Exception? _end;
    private int _frames;

    public WritingThread(ZeroBufferWriter writer, int sizeBytes, CancellationToken cancellationToken = default)
    {
        _thread = new Thread(() => Run(writer, sizeBytes, cancellationToken))
        {
            IsBackground = true,
            Name = "writer under test",
        };
        _thread.Start();
    }

    /// <summary>Frames written so far.</summary>
    public int Frames => Volatile.Read(ref _frames);

    /// <summary>Why writing ended; waits for it.</summary>
    public Exception End()
    {
        if (!_thread.Join(Watchdog.Limit))
        {
            throw new TimeoutException("The writer hangs.\n" + Watchdog.Threads());
        }

        return _end!;
    }

    private void Run(ZeroBufferWriter writer, int sizeBytes, CancellationToken cancellationToken)
    {
        byte[] data = new byte[sizeBytes];
        try
        {
            while (true)
            {
                FramePattern.Fill(data, (ulong)_frames + 1);
                if (!writer.TryWrite(data, BufferChecks.Patience, cancellationToken))
                {
                    throw new TimeoutException("The buffer stayed full.");
                }

                Volatile.Write(ref _frames, _frames + 1);
            }
        }
        catch (Exception e)
        {
            _end = e;
        }
    }
}
