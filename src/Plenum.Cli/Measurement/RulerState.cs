namespace Plenum.Cli.Measurement;

/// <summary>How far apart the two processors were during a sample.</summary>
internal enum RulerState
{
    /// <summary>Two threads of one core: both readings below 95 ns.</summary>
    Sibling = 0,

    /// <summary>A shared cache: both readings from 95 to 220 ns.</summary>
    Near = 1,

    /// <summary>No shared cache: both readings above 330 ns.</summary>
    Far = 2,

    /// <summary>Anything else: the sample is not comparable with others.</summary>
    Mixed = 3,
}
