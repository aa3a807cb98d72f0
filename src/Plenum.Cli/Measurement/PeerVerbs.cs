using Plenum.Cli.Commands.ZeroBuffer;

namespace Plenum.Cli.Measurement;

/// <summary>What the second process of a measurement can be told to do. Every verb says <c>ready</c> when the other
/// side may start.</summary>
internal static class PeerVerbs
{
    /// <summary>Runs one line.</summary>
    internal static void Run(PeerLine line, Action ready)
    {
        switch (line.Verb)
        {
            case "ruler":
                Ruler.Answer(line.Text(1), ready);
                break;
            case ZeroBufferMeasurement.EchoVerb:
                ZeroBufferMeasurement.Echo(line, ready);
                break;
            case ZeroBufferMeasurement.SourceVerb:
                ZeroBufferMeasurement.Source(line, ready);
                break;
            case DuplexMeasurement.ServeVerb:
                DuplexMeasurement.Serve(line, ready);
                break;
            default:
                throw new ArgumentException($"unknown verb '{line.Verb}'", nameof(line));
        }
    }
}
