namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>How values of one element type are read from the command line and printed.</summary>
internal abstract class Element<T>
    where T : unmanaged
{
    /// <summary>Whether <see cref="Sum"/> exists.</summary>
    internal virtual bool IsFloating => false;

    /// <summary>Reads a value as people write it; invariant culture.</summary>
    internal abstract bool TryParse(string text, out T value);

    /// <summary>The value so that <see cref="TryParse"/> gives it back.</summary>
    internal abstract ElementText Format(T value);

    /// <summary>The value as a number, for expressions.</summary>
    internal virtual double ToNumber(T value) => throw new NotSupportedException("expressions need a number type; see "
        + "--type");

    /// <summary>A number as a value; whole types cut it off and stay within their range.</summary>
    internal virtual T FromNumber(double number) => throw new NotSupportedException("expressions need a number type; "
        + "see --type");

    /// <summary>The sum of two floating-point values, for which no atomic addition exists.</summary>
    internal virtual T Sum(T left, T right) => throw new NotSupportedException($"{typeof(T)} has no sum.");
}
