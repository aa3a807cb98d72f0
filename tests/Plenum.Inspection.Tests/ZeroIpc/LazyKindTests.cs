using Plenum.Platform;
using Plenum.TestSupport;
using Plenum.ZeroIpc;

namespace Plenum.Inspection.Tests.ZeroIpc;

/// <summary>Lazies that only Plenum computes keep a stamp behind a shorter error text, and are lazies all the
/// same.</summary>
public sealed class LazyKindTests
{
    [Fact]
    public void Lazy_WithReferences_IsRecognisedInEveryState()
    {
        using var name = new TempSegment("lazy");
        using SharedMemory memory = SharedMemory.Create(name.Name, 65_536);
        var width = SharedLazy<int>.Constant(memory, "width", 3);
        var sum = SharedLazy<int>.Add(memory, "sum", width, SharedLazy<int>.Constant(memory, "height", 4));
        var bad = SharedLazy<double>.Create(
            memory, "bad", static () => throw new InvalidOperationException("no sensor"));
        SharedLazy<double> negative = SharedLazy<double>.Negate(memory, "negative", bad);
        Assert.Equal("not computed", StateOf(name, "sum"));

        Assert.Equal(7, sum.Force());
        Assert.Equal("computed", StateOf(name, "sum"));
        _ = Assert.ThrowsAny<Exception>(() => negative.Force());
        Assert.Equal("error", StateOf(name, "bad"));
        Assert.Equal("error", StateOf(name, "negative"));
    }

    private static string? StateOf(TempSegment name, string entryName)
    {
        Assert.True(SegmentImage.TryOpen(SegmentName.Parse(name.Name), out SegmentImage? image));
        using (image)
        {
            EntryDescription entry = SegmentInspector.Describe(image, new SegmentUsers()).Entries
                .Single(candidate => candidate.Name == entryName);
            Assert.Equal(("lazy", entryName), (entry.Kind, entry.Name));
            return entry.Fields.Single(field => field.Name == "state").Meaning;
        }
    }
}
