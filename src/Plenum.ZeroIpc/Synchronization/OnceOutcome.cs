namespace Plenum.ZeroIpc;

/// <summary>How a call of a <see cref="SharedOnce"/> ended.</summary>
public enum OnceOutcome
{
    /// <summary>Another process, or an earlier call, had executed it.</summary>
    AlreadyExecuted = 0,

    /// <summary>This call executed it.</summary>
    Executed = 1,

    /// <summary>This call executed it after a process of ours had died while executing: its effects may be there by
    /// half.</summary>
    ExecutedAfterAbandonment = 2,

    /// <summary>The time was over while another process executed it.</summary>
    TimedOut = 3,
}
