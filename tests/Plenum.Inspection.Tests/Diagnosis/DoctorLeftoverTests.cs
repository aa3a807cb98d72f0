using Plenum.Inspection.Diagnosis;
using Plenum.Platform;
using Plenum.TestSupport;
using Plenum.ZeroBuffer;

namespace Plenum.Inspection.Tests.Diagnosis;

/// <summary>Modes that do not fit, and what killed measurements leave.</summary>
public sealed class DoctorLeftoverTests
{
    [Theory]
    [InlineData("sem.sem-w-")]
    [InlineData("sem.sem-r-")]
    public void Examine_SemaphoreThatWritersOfTheBufferMayNotPost_IsAPermissionFinding(string prefix)
    {
        using var name = new TempSegment("doc");
        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions
        {
            PayloadSizeBytes = 4096,
            Segment = new SegmentOptions { Permission = SegmentPermission.Everyone },
        });
        Assert.DoesNotContain(About(name.Name), found => found.Code == "permission");

        SetMode(TempSegment.PathOf(prefix + name.Name), UnixFileMode.UserRead | UnixFileMode.UserWrite);

        DoctorFinding finding = About(name.Name).Single(found => found.Code == "permission");
        Assert.Equal(FindingSeverity.Warning, finding.Severity);
        Assert.False(finding.IsRemovable);
        Assert.Contains($"{prefix["sem.".Length..]}{name.Name} (mode 600)", finding.Message, StringComparison.Ordinal);
        Assert.Contains("mode 666", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plenum-ruler-{0}-{0}")]
    [InlineData("plenum-slots-{0}")]
    public void Examine_RulerOfAKilledMeasurement_IsRemovable(string pattern)
    {
        using PeerProcess peer = PeerProcess.StartPythonCode("print('here',flush=True)\nimport sys\nsys.stdin.read()");
        _ = peer.ExpectLine("here");
        string file = pattern.Replace("{0}", $"{peer.Id}", StringComparison.Ordinal);
        string path = TempSegment.PathOf(file);
        File.WriteAllBytes(path, new byte[4096]);
        try
        {
            Assert.DoesNotContain(About(file), found => found.Code == "measuring-leftover");
            peer.Kill();

            DoctorFinding finding = About(file).Single(found => found.Code == "measuring-leftover");

            Assert.True(finding.IsRemovable, finding.LeftBecause);
            Assert.Equal((file, DoctorSubject.Temporary), (finding.Subject, finding.Kind));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes are Unix");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static IReadOnlyList<DoctorFinding> About(string name) =>
        SegmentDoctor.Examine(name, TestContext.Current.CancellationToken).Findings;
}
