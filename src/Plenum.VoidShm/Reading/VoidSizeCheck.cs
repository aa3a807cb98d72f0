namespace Plenum.VoidShm;

/// <summary>How often an attached reader asks the system whether the segment still has its size.</summary>
public enum VoidSizeCheck
{
    /// <summary>Before each copy: one system call. A segment truncated by anybody is then a code; what remains is the
    /// moment between
    /// the check and the copy, in which a truncation ends the process.</summary>
    EachCopy = 0,

    /// <summary>When attaching and every 100 ms: for segments whose users are trusted never to truncate them. No writer
    /// of this library
    /// does.</summary>
    Periodic = 1,
}
