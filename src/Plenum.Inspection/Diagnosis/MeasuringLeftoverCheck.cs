using System.Globalization;
using Plenum.Platform;

namespace Plenum.Inspection.Diagnosis;

/// <summary>The rulers of <c>demo</c> and <c>bench</c> (<c>plenum-ruler-PID-PID</c>, <c>plenum-slots-PID</c>) that stay
/// when the command is killed: they belong to no protocol, so nothing else would say whose they are.</summary>
internal static class MeasuringLeftoverCheck
{
    private static readonly string[] s_prefixes = ["plenum-ruler-", "plenum-slots-"];

    internal static void Run(Ward ward, string file)
    {
        string? prefix = Array.Find(s_prefixes, found => file.StartsWith(found, StringComparison.Ordinal));
        if (prefix is null || !ward.Wants(file)
            || !int.TryParse(
                file[prefix.Length..].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int maker))
        {
            return;
        }

        ward.AddUnlessAlive(file, maker, "measuring-leftover", "was killed while it measured");
    }
}
