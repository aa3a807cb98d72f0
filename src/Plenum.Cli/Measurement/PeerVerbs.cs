using Plenum.Cli.Commands.Void;
using Plenum.Cli.Commands.ZeroBuffer;
using Plenum.Cli.Commands.ZeroIpc;

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
            case ZeroIpcMeasurement.EchoVerb:
                ZeroIpcMeasurement.Echo(line, ready);
                return string.Empty;
            case ZeroIpcMeasurement.SourceVerb:
                ZeroIpcMeasurement.Source(line, ready);
                return string.Empty;
            case ZeroIpcShared.Verb:
                ZeroIpcShared.Work(line, ready);
                return string.Empty;
            case VoidMeasurement.EchoVerb:
                VoidMeasurement.Echo(line, ready);
                return string.Empty;
            case VoidMeasurement.SourceVerb:
                VoidMeasurement.Source(line, ready);
                return string.Empty;
            case DuplexMeasurement.ServeVerb:
                DuplexMeasurement.Serve(line, ready);
                return string.Empty;
            default:
                throw new ArgumentException($"unknown verb '{line.Verb}'", nameof(line));
        }
    }
}
