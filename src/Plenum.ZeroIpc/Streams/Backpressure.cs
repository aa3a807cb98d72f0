namespace Plenum.ZeroIpc;

/// <summary>What an emission does when there is no room.</summary>
public enum Backpressure
{
    /// <summary>Waits for room.</summary>
    Wait = 0,

    /// <summary>Reports <see cref="EmitOutcome.Full"/> at once.</summary>
    Fail = 1,

    /// <summary>Gives up the new value, counts it and reports <see cref="EmitOutcome.Dropped"/>.</summary>
    DropNewest = 2,
}
