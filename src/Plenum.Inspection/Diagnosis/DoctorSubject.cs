namespace Plenum.Inspection.Diagnosis;

/// <summary>What a finding is about.</summary>
public enum DoctorSubject
{
    /// <summary>A segment; the subject is its name.</summary>
    Segment = 0,

    /// <summary>A named semaphore; the subject is its name without the leading slash.</summary>
    Semaphore = 1,

    /// <summary>A lock file; the subject is its path.</summary>
    LockFile = 2,

    /// <summary>A file under which a segment was being made; the subject is its name in the folder.</summary>
    Temporary = 3,

    /// <summary>A wait table beside a ZeroIPC segment; the subject is its name in the folder.</summary>
    WaitTable = 4,

    /// <summary>The folder of segments itself.</summary>
    Folder = 5,

    /// <summary>The system: process numbers, namespaces.</summary>
    System = 6,
}
