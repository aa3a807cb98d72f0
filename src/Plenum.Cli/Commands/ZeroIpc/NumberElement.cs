using System.Globalization;
using System.Numerics;

namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Whole and floating-point numbers.</summary>
internal sealed class NumberElement<T> : Element<T>
    where T : unmanaged, INumber<T>
{
    private const NumberStyles Whole = NumberStyles.AllowLeadingSign;

    internal override bool IsFloating => typeof(T) == typeof(float) || typeof(T) == typeof(double);

    internal override bool TryParse(string text, out T value) =>
        T.TryParse(text, IsFloating ? NumberStyles.Float : Whole, CultureInfo.InvariantCulture, out value);

    // The shortest text that gives the same bits back; not-a-number and infinities have no JSON number.
    internal override ElementText Format(T value) =>
        new(value.ToString(null, CultureInfo.InvariantCulture), T.IsFinite(value));

    internal override double ToNumber(T value) => double.CreateSaturating(value);

    internal override T FromNumber(double number) => T.CreateSaturating(number);

    internal override T Sum(T left, T right) => left + right;
}
