namespace Plenum.ZeroIpc;

/// <summary>What a wait in line does next.</summary>
internal enum LineStep
{
    /// <summary>The time is over.</summary>
    Over = 0,

    /// <summary>It has what it waited for.</summary>
    Taken = 1,

    /// <summary>Sleep on the word, then step again.</summary>
    Sleep = 2,
}
