namespace ZeroBuffer;

/// <summary>Something that went wrong in a duplex server.</summary>
public class ErrorEventArgs : EventArgs
{
    /// <summary>Creates the event's data.</summary>
    /// <param name="exception">What went wrong.</param>
    public ErrorEventArgs(Exception exception) => Exception = exception;

    /// <summary>What went wrong.</summary>
    public Exception Exception { get; }
}
