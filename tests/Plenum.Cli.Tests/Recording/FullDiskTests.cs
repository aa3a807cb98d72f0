using System.Text.Json;
using Plenum.TestSupport;
using Plenum.VoidShm;

namespace Plenum.Cli.Tests.Recording;

/// <summary>Recording onto a file system that is full before the recording ends.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public void Record_DiskFullMeanwhile_Exits8AndWhatFittedIsReadable() => Watchdog.Run(() =>
    {
        using var segment = new TempSegment("full");
        using VoidShmWriter writer = VoidShmWriter.Connect(segment.Name, 1, 65_536);
        using var over = new CancellationTokenSource();
        var publishing = new Thread(() => Publish(writer, over.Token)) { IsBackground = true };
        publishing.Start();

        // A file system of 4 MiB that nobody else sees.
        var run = Unshared.Run(
            Unshared.Mounts,
            "d=$(mktemp -d); mount -t tmpfs -o size=4m tmpfs $d || exit 99; "
            + $"{Unshared.Command} record void:{segment.Name} --output $d/x.plr --seconds 50; echo \"exit $?\"; "
            + $"{Unshared.Command} replay $d/x.plr --verify --json; code=$?; umount $d; rmdir $d; exit $code");
        over.Cancel();
        publishing.Join();

        string[] lines = run.Output.Split('\n');
        Assert.Contains("exit 8", lines);
        Assert.Contains("/x.plr", run.Error, StringComparison.Ordinal);
        JsonElement verified = JsonElement.Parse(run.Output[run.Output.IndexOf('{', StringComparison.Ordinal)..]);
        Assert.Equal("unfinished", verified.GetProperty("ending").GetString());
        Assert.InRange(verified.GetProperty("items").GetInt64(), 1, 15);
        Assert.Equal(0, run.ExitCode);
    });

    private static void Publish(VoidShmWriter writer, CancellationToken over)
    {
        float[] values = new float[65_536];
        while (!over.WaitHandle.WaitOne(5))
        {
            values[0]++;
            writer.Write(values);
        }
    }
}
