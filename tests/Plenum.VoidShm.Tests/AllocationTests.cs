using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.VoidShm.Tests;

/// <summary>Hot paths allocate nothing after warm-up.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 2000;

    [Theory]
    [InlineData("canon", VoidSecondBuffer.WhileAsked)]
    [InlineData("canon", VoidSecondBuffer.Always)]
    [InlineData("d", VoidSecondBuffer.WhileAsked)]
    [InlineData("strict", VoidSecondBuffer.None)]
    public void WriteAndRead_DoNotAllocate(string profileName, VoidSecondBuffer second)
    {
        VoidProfile profile = VoidProfiles.Find(profileName)!;
        using var name = new TempSegment("al");
        using VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 4, 16, new VoidWriterOptions { Profile = profile, SecondBuffer = second });
        var options = new VoidReaderOptions { Profile = profile };
        using var strict = new VoidShmReader(name.Name, options);
        using var attached = new VoidAttachedReader(name.Name, options);
        float[] values = new float[64];
        float[] lanes = new float[8];

        AssertNoAllocation(() =>
        {
            writer.Write(values);
            writer.Set(1, values.AsSpan(0, 4));
            if (writer.TryBeginFrame(out VoidFrameLease lease))
            {
                lease.Channel(2).Fill(3);
                lease.Dispose();
            }

            strict.TrySnapshot(values.AsSpan(), out VoidSnapshot snapshot);
            attached.TryRead(values, out snapshot);
            VoidProjection.Lanes(values, 4, 16, lanes);
        });
    }

    [Fact]
    public void SnapshotOfAMissingSegment_DoesNotAllocate()
    {
        using var name = new TempSegment("al");
        using var strict = new VoidShmReader(name.Name);
        using var attached = new VoidAttachedReader(name.Name);
        float[] values = new float[64];

        AssertNoAllocation(() =>
        {
            strict.TrySnapshot(values.AsSpan(), out _);
            attached.TryRead(values, out _);
        });
    }

    [Fact]
    public void WaitForNext_SpinningOrTimedOut_DoesNotAllocate()
    {
        using var name = new TempSegment("al");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 4, 16);
        using var reader = new VoidAttachedReader(name.Name, new VoidReaderOptions { Wait = WaitStrategy.PowerSaving });
        float[] values = new float[64];

        AssertNoAllocation(
            () =>
            {
                writer.Write(values);
                reader.WaitForNext(TimeSpan.FromSeconds(1));
                reader.TryRead(values, out _);
                reader.WaitForNext(TimeSpan.FromTicks(10));
            },
            200);
    }

    private static void AssertNoAllocation(Action body, int rounds = Rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            body();
        }

        // The runtime itself allocates now and then (tiering); it must not be once in each of several rounds.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 5 && least > 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < rounds; i++)
            {
                body();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
