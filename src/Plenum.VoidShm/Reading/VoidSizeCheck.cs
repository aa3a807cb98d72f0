namespace Plenum.VoidShm;

/// <summary>How often an attached reader asks the system whether the segment still has its size.</summary>
public enum VoidSizeCheck
{
    /// <summary>Before each copy: one system call. A segment truncated by anybody is then a code; what remains is the
    /// moment between the check and the copy, in which a truncation ends the process.</summary>
    EachCopy = 0,

    /// <summary>When attaching and every 100 ms: for segments whose users are trusted never to truncate them. No writer
    /// of this library does.</summary>
    Periodic = 1,

    /// <summary>As <see cref="EachCopy"/> for segments of foreign writers, as <see cref="Periodic"/> for those whose
    /// trailer says that a writer of this library made them: it never truncates. What any other process may do to the
    /// file, a foreign writer that starts over under the same name for example, is then noticed within 100 ms
    /// only.</summary>
    ForeignWriters = 2,
}
