namespace Plenum.Cli.Measurement;

/// <summary>The ruler's readings before and after a sample, in nanoseconds per round trip.</summary>
internal readonly record struct Bracket(double Before, double After)
{
    internal double Mean => (Before + After) / 2;

    internal double Spread => Mean > 0 ? Math.Abs(Before - After) / Mean : double.PositiveInfinity;

    internal RulerState State => (Before, After) switch
    {
        ( < 95, < 95) => RulerState.Sibling,
        ( >= 95 and <= 220, >= 95 and <= 220) => RulerState.Near,
        ( > 330, > 330) => RulerState.Far,
        _ => RulerState.Mixed,
    };

    /// <summary>Whether this bracket makes its sample more comparable than the other one does.</summary>
    internal bool IsBetterThan(Bracket other)
    {
        bool mixed = State == RulerState.Mixed;
        bool otherMixed = other.State == RulerState.Mixed;
        return mixed == otherMixed ? Spread < other.Spread : otherMixed;
    }
}
