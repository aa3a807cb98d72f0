using Compatibility.QuickStart;
using Plenum.TestSupport;

namespace Compatibility.Tests;

/// <summary>The quick start that the package has always published.</summary>
public sealed class QuickStartTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void QuickStart_InEitherOrder_FrameArrives(bool readerFirst) => Watchdog.Run(() =>
    {
        using var name = new TempSegment("qs");
        byte[] data = [1, 2, 3, 4, 5];
        byte[]? received = null;
        var reader = new Thread(() => received = QuickStartHalves.RunReader(name.Name));
        var writer = new Thread(() => QuickStartHalves.RunWriter(name.Name, data));

        (readerFirst ? reader : writer).Start();
        (readerFirst ? writer : reader).Start();
        writer.Join();
        reader.Join();

        Assert.Equal(data, received);
    });

    [Fact]
    public void QuickStart_AsPrinted_IsWhatTheHalvesCompile()
    {
        string source = File.ReadAllText(
            Repository.PathOf("tests", "Plenum.ZeroBuffer.Compatibility.Tests", "QuickStart.g.cs")).Replace("(name,",
            "(\"my-buffer\",", StringComparison.Ordinal);

        foreach (string line in new[]
        {
            "using ZeroBuffer;",
            "using var writer = new Writer(\"my-buffer\", 1024*1024, 64*1024);",
            "writer.Connect();",
            "writer.Write(data);",
            "using var reader = new Reader(\"my-buffer\", 1024*1024, 64*1024);",
            "var frame = reader.Read();",
        })
        {
            Assert.Contains(line, source, StringComparison.Ordinal);
        }
    }
}
