namespace Plenum.ZeroIpc;

/// <summary>What one look at an alternative of a select found.</summary>
internal enum SelectState
{
    /// <summary>Nothing yet.</summary>
    Pending = 0,

    /// <summary>It took place; a value was taken or given.</summary>
    Completed = 1,

    /// <summary>It can never take place any more: closed and drained.</summary>
    Ended = 2,
}
