namespace Plenum.Cli.Output;

/// <summary>The process' own stdout. A write that fails ends the command instead of getting lost: the console's stream
/// would swallow "broken pipe", and a command that follows something would never end behind <c>| head</c>.</summary>
/// <remarks>Writes after a failure do nothing, so that a command can clean up and report as it always does.</remarks>
internal sealed class StandardOutput : Stream
{
    private readonly Stream _inner = ByteStreams.OpenStandardOutput(bufferBytes: 0);

    /// <summary>Called once, by the write that fails.</summary>
    internal Action? WhenFailed { get; set; }

    /// <summary>Why nothing more can be written; null while all is well.</summary>
    internal IOException? Failure { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Whether an error says that the reader of a pipe has gone.</summary>
    internal static bool IsBrokenPipe(IOException error)
    {
        const int posixBrokenPipe = 32;
        const int windowsBrokenPipe = unchecked((int)0x8007006D);
        const int windowsNoData = unchecked((int)0x800700E8);
        return error.HResult is posixBrokenPipe or windowsBrokenPipe or windowsNoData;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Failure is not null)
        {
            return;
        }

        try
        {
            _inner.Write(buffer);
        }
        catch (IOException e)
        {
            Failure = e;
            WhenFailed?.Invoke();
        }
    }

    public override void Flush()
    {
        // Every write was passed on.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
