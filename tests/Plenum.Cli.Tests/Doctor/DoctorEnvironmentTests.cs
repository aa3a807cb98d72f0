using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json;
using Plenum.TestSupport;

namespace Plenum.Cli.Tests.Doctor;

/// <summary>doctor where the environment itself is wrong: folders, users and namespaces made with <c>unshare</c>, so
/// that nothing outside of them changes.</summary>
public sealed class DoctorEnvironmentTests
{
    private const string Plain = Unshared.Mounts;
    private const string NewNumbers = "unshare --pid --fork";

    [Theory]
    [InlineData("size=16m,mode=1777", "true", "small-folder")]
    [InlineData("size=80m,mode=755", "true", "folder-mode")]
    [InlineData("size=80m,mode=1777", "head -c 76M /dev/zero > /dev/shm/full", "full-folder")]
    public void Doctor_FolderOfAContainer_IsNamed(string options, string before, string code)
    {
        JsonElement[] folder = [.. RunIn(
            Plain,
            $"mount -t tmpfs -o {options} tmpfs /dev/shm; {before}",
            "no-such-segment").Where(finding => finding.GetProperty("kind").GetString() == "folder")];

        JsonElement only = Assert.Single(folder);
        Assert.Equal(code, only.GetProperty("code").GetString());
        Assert.Equal("/dev/shm", only.GetProperty("subject").GetString());
        Assert.NotEmpty(only.GetProperty("advice").GetString()!);
        Assert.False(only.GetProperty("removable").GetBoolean());
    }

    [Fact]
    public void Doctor_HealthyFolder_HasNoFindingAboutIt() => Assert.DoesNotContain(
        RunIn(Plain, "mount -t tmpfs -o size=80m,mode=1777 tmpfs /dev/shm", "no-such-segment"),
        finding => finding.GetProperty("kind").GetString() == "folder");

    [Fact]
    public void Doctor_ProcOfAnotherNamespace_IsATrap() => Assert.Contains(
        RunScript($"{OtherNamespace.OwnFolder} {NewNumbers} {Unshared.Command} doctor no-such-segment --json"),
        finding => finding.GetProperty("code").GetString() == "foreign-proc");

    [Fact]
    public void Doctor_OwnerInAnotherNamespace_IsUnknownAndNeverRemoved()
    {
        using var name = new TempSegment("doc");
        using PeerProcess reader = PeerProcess.StartPythonCode(
            "import sys\nprint('here',flush=True)\nsys.stdin.read()");
        _ = reader.ExpectLine("here");
        byte[] bytes = GoldenImage.Masked(GoldenImage.Read("zerobuffer", "cpp-01-created.bin"), (0x50, 16));
        BitConverter.TryWriteBytes(bytes.AsSpan(0x58), (ulong)reader.Id);
        File.WriteAllBytes(name.FilePath, bytes);

        JsonElement[] findings = RunScript(
            $"exec 3< '{name.FilePath}' && {OtherNamespace.OwnFolder} cat <&3 > '{name.FilePath}' && "
            + $"{NewNumbers} --mount-proc {Unshared.Command} doctor {name.Name} --clean --json; "
            + $"code=$?; test -s '{name.FilePath}' || exit 9; exit $code");

        Assert.Contains(findings, finding => finding.GetProperty("code").GetString() == "shared-namespaces");
        JsonElement found = findings.Single(finding => finding.GetProperty("code").GetString() == "pid-namespace");
        Assert.Contains($"{reader.Id}", found.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.False(found.GetProperty("removable").GetBoolean());
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Doctor_SegmentNobodyMayRead_IsUnreadable()
    {
        using var name = new TempSegment("doc");
        File.WriteAllBytes(name.FilePath, GoldenImage.Read("zerobuffer", "cpp-01-created.bin"));
        File.SetUnixFileMode(name.FilePath, UnixFileMode.None);

        // Without the administrator's rights, whoever runs this test.
        JsonElement[] findings = RunIn("--user", "true", name.Name);

        Assert.Contains(findings, finding => finding.GetProperty("code").GetString() == "unreadable");
    }

    [Fact]
    public void Doctor_SegmentOfAnotherUser_IsSaid()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only the administrator can give a file away");
        using var name = new TempSegment("doc");
        File.WriteAllBytes(name.FilePath, GoldenImage.Read("zeroipc", "cpp_all.bin"));
        using (Process chown = Process.Start("chown", ["65534", name.FilePath]))
        {
            chown.WaitForExit();
        }

        var run = CommandRun.InProcess("doctor", name.Name, "--json");

        JsonElement found = run.Json.GetProperty("findings").EnumerateArray()
            .Single(finding => finding.GetProperty("code").GetString() == "other-user");
        Assert.Contains("65534", found.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("info", found.GetProperty("severity").GetString());
    }

    private static JsonElement[] RunIn(string namespaces, string before, params string[] words) => RunScript(
        $"{{ {before}; }} && exec {Unshared.Command} doctor {string.Join(' ', words)} --json", namespaces);

    private static JsonElement[] RunScript(string script, string namespaces = Plain)
    {
        var run = Unshared.Run(namespaces, script);
        Assert.True(run.ExitCode is 0 or 1 or 3, run.Error);
        return [.. run.Json.GetProperty("findings").EnumerateArray()];
    }
}
