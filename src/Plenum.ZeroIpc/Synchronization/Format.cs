using System.Globalization;

namespace Plenum.ZeroIpc;

/// <summary>Numbers in messages, the same in every culture.</summary>
internal static class Format
{
    internal static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
