namespace Plenum.ZeroIpc;

/// <summary>How adding to a set ended.</summary>
public enum SetAddition
{
    /// <summary>The value is new and in the set now.</summary>
    Added = 0,

    /// <summary>The value was in the set already.</summary>
    AlreadyPresent = 1,

    /// <summary>The value is new and no slot is free.</summary>
    Full = 2,
}
