using System.Text;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>An answer, read in place. Dispose it to give its bytes back to the server.</summary>
/// <remarks>Belongs to one thread. The server runs out of space when answers are held too long. Copies of this struct
/// count as one.</remarks>
public readonly ref struct DuplexAnswer
{
    private readonly HeldFrame _frame;
    private readonly ReadOnlySpan<byte> _data;

    internal DuplexAnswer(HeldFrame frame, int prefixBytes, DuplexOutcome outcome)
    {
        _frame = frame;
        _data = frame.Data[prefixBytes..];
        Outcome = outcome;
    }

    /// <summary>How the call ended.</summary>
    public DuplexOutcome Outcome { get; }

    /// <summary>True until the answer is disposed, when there is one.</summary>
    public bool IsValid => _frame.IsValid;

    /// <summary>The data, in shared memory; the error text when the handler failed.</summary>
    /// <exception cref="ObjectDisposedException">The answer was disposed, or there is none.</exception>
    public ReadOnlySpan<byte> Data => IsValid ? _data : throw new ObjectDisposedException(nameof(DuplexAnswer));

    /// <summary>The error text when the handler failed, else an empty string.</summary>
    public string ErrorText =>
        Outcome == DuplexOutcome.HandlerFailed && IsValid ? Encoding.UTF8.GetString(_data) : string.Empty;

    /// <summary>Gives the bytes back. Does nothing when that happened before. Never blocks.</summary>
    public void Dispose() => _frame.Release();
}
