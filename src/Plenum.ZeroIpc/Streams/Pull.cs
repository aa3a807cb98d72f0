namespace Plenum.ZeroIpc;

/// <summary>What one look for a value gave.</summary>
internal enum Pull
{
    /// <summary>No value yet.</summary>
    Pending = 0,

    /// <summary>A value.</summary>
    Value = 1,

    /// <summary>There will be no more.</summary>
    Completed = 2,
}
