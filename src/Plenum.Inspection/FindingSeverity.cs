namespace Plenum.Inspection;

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>Worth knowing.</summary>
    Info = 0,

    /// <summary>Likely to cause trouble.</summary>
    Warning = 1,

    /// <summary>The protocol is broken.</summary>
    Error = 2,
}
