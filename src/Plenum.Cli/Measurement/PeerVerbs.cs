using Plenum.Cli.Commands.ZeroBuffer;

namespace Plenum.Cli.Measurement;

/// <summary>What the second process of a measurement can be told to do. Every verb says <c>ready</c> when the other
/// side may start.</summary>
internal static class PeerVerbs
{
    /// <summary>Runs one line.</summary>
    /// <returns>What the other side is told at the end, after <c>done</c>.</returns>
    internal static string Run(PeerLine line, Action ready)
    {
        switch (line.Verb)
        {
            case "ruler":
                Ruler.Answer(line.Text(1), ready);
                return string.Empty;
            case SlotRuler.Verb:
                SlotRuler.Fill(line, ready);
                return string.Empty;
            case ZeroBufferMeasurement.EchoVerb:
                return ZeroBufferMeasurement.Echo(line, ready);
            case ZeroBufferMeasurement.SourceVerb:
                return ZeroBufferMeasurement.Source(line, ready);
            case ZeroBufferRest.Verb:
                return ZeroBufferRest.Block(line, ready);
            default:
                throw new ArgumentException($"unknown verb '{line.Verb}'", nameof(line));
        }
    }
}
