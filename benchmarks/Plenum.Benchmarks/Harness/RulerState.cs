namespace Plenum.Benchmarks.Harness;

/// <summary>How far apart the two processors were during a sample, judged by the ruler before and after it.</summary>
internal enum RulerState
{
    /// <summary>Anything the others are not: the sample is thrown away.</summary>
    Mixed = 0,

    /// <summary>Two threads of one core: both readings below 95 ns.</summary>
    Sibling = 1,

    /// <summary>A shared cache: both readings from 95 to 220 ns.</summary>
    Near = 2,

    /// <summary>No shared cache: both readings above 330 ns.</summary>
    Far = 3,
}
