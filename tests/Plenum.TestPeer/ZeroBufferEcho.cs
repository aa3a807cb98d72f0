using Plenum.ZeroBuffer;
using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>The answering end of round trips.</summary>
internal static class ZeroBufferEcho
{
    /// <summary>Creates --name, connects to --answer, and sends every frame back until its writer is gone.</summary>
    [Verb("zerobuffer-echo")]
    public static int Run(PeerArguments arguments)
    {
        using ZeroBufferReader reader = ZeroBufferReader.Create(
            arguments.Text("name"), new() { PayloadSizeBytes = arguments.Number("payload-size", 10240) });
        Line("ready");
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(arguments.Text("answer"), TimeSpan.FromSeconds(30));
        long frames = 0;
        ReadOutcome outcome;
        while ((outcome = reader.Read(out Frame frame, TimeSpan.FromSeconds(30))) == ReadOutcome.Frame)
        {
            using (frame)
            {
                writer.Write(frame.Span);
                frames++;
            }
        }

        PeerEvent.Say("summary", ("frames", frames), ("end", ZeroBufferBench.WordOf(outcome)));
        Line("done");
        return 0;
    }
}
