using System.Diagnostics;
using System.Globalization;
using Plenum.Benchmarks.Harness;

namespace Plenum.Benchmarks.Cases.Field;

/// <summary>GStreamer's shmsink and shmsrc with 1080p frames that nobody fills and nobody reads: the most that pair can
/// do.</summary>
internal sealed class GStreamerCase() : PairCase(
    "field/gstreamer-shm-6M", "GStreamer shmsink to shmsrc, 6.2 MB buffers, neither filled nor read")
{
    private const string Program = "/usr/bin/gst-launch-1.0";
    private const int FrameBytes = 1920 * 1080 * 3;
    private const string Ended = "Execution ended after ";

    /// <summary>Whether it is installed.</summary>
    internal static bool IsInstalled => File.Exists(Program);

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string path = Path.Combine(Path.GetTempPath(), side.NewName("gst"));
        int frames = (int)(time.TotalSeconds * 1500) + 100;
        using Process sender = Start(
            1, $"fakesrc sizetype=2 sizemax={FrameBytes} filltype=1 ! shmsink socket-path={path} "
            + $"shm-size={FrameBytes * 4 + 65536} wait-for-connection=true sync=false");
        try
        {
            while (!File.Exists(path) && !sender.HasExited)
            {
                Thread.Yield();
            }

            using Process receiver = Start(0, $"shmsrc socket-path={path} num-buffers={frames} ! fakesink sync=false");
            string text = receiver.StandardOutput.ReadToEnd();
            receiver.WaitForExit();
            int at = text.IndexOf(Ended, StringComparison.Ordinal);
            string elapsed = at < 0 ? "0" : text[(at + Ended.Length)..].Split('\n')[0].Trim();
            double seconds = at < 0 ? 0 : TimeSpan.Parse(elapsed[..^2], CultureInfo.InvariantCulture).TotalSeconds;
            return new CaseOutcome
            {
                Operations = frames,
                Seconds = seconds,
                Verified = receiver.ExitCode == 0 && seconds > 0,
                BytesPerOperation = FrameBytes,
                Note = "its frames are neither filled nor compared",
            };
        }
        finally
        {
            using Process asking = Process.Start("kill", ["-TERM", sender.Id.ToString(CultureInfo.InvariantCulture)]);
            asking.WaitForExit();
            sender.WaitForExit();
            File.Delete(path);
        }
    }

    private static Process Start(int processor, string pipeline)
    {
        string[] words =
            ["-c", processor.ToString(CultureInfo.InvariantCulture), Program, .. pipeline.Split(' ')];
        var info = new ProcessStartInfo("taskset", words) { RedirectStandardOutput = true };
        return Process.Start(info) ?? throw new InvalidOperationException($"{Program} did not start");
    }
}
