using System.Globalization;
using Plenum.TestSupport;

namespace Plenum.VoidShm.Tests.CrossProcess;

/// <summary>A writer process flat out, a reader process flat out: a verified snapshot is never torn, and the reader
/// makes progress.</summary>
[Collection("processes")]
public sealed class TornReadTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(8, "WhileAsked")]
    [InlineData(512, "WhileAsked")]
    [InlineData(65536, "WhileAsked")]
    [InlineData(1048576, "WhileAsked")]
    [InlineData(512, "Always")]
    public void VerifiedSnapshots_OfAFlatOutWriter_AreNeverTorn(int floats, string second)
    {
        foreach (bool attached in new[] { false, true })
        {
            Tally tally = Run(floats, "canon", second, attached);
            output.WriteLine($"{floats} floats, {second}, {(attached ? "attached" : "strict")}: {tally}");

            Assert.Equal(0, tally.Torn);
            Assert.Equal(0, tally.Back);
            Assert.Equal(0, tally.Unverified);
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(512)]
    [InlineData(65536)]
    [InlineData(1048576)]
    public void PlainSnapshots_OfTheStrictProfile_SayThatTheyAreUnverifiable(int floats)
    {
        Tally tally = Run(floats, "strict", "None", attached: true);
        output.WriteLine(
            $"{floats} floats, strict profile: {tally}; torn {100.0 * tally.Torn / Math.Max(1, tally.Good):F2} % of "
            + "the plain reads");

        Assert.Equal(tally.Good, tally.Unverified);
        Assert.True(tally.Good > 0);
    }

    private static Tally Run(int floats, string profile, string second, bool attached)
    {
        using var name = new TempSegment("to");
        using PeerProcess writer = PeerProcess.StartPeer(
            "void-write", "--segment", name.Name, "--length", Text(floats), "--profile", profile, "--second", second);
        writer.ExpectLine("ready");
        using PeerProcess reader = PeerProcess.StartPeer(
            "void-read", "--segment", name.Name, "--floats", Text(floats), "--profile", profile,
            "--attached", attached ? "true" : "false", "--distinct", "20");

        // Progress: twenty frames of a writer that never pauses, or the test fails here.
        reader.ExpectLine("ready");
        using var time = new ManualResetEventSlim();
        _ = time.Wait(Campaign.Count(300, 10_000));
        reader.WriteLine("stop");
        string[] words = reader.ExpectLine("summary").Split(' ');
        reader.ExpectExit();
        writer.WriteLine("stop");
        writer.ExpectLine("wrote");
        writer.ExpectExit();
        return new Tally([.. words[1..].Select(w => long.Parse(w, CultureInfo.InvariantCulture))]);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record Tally(long[] Numbers)
    {
        public long Good => Numbers[0];

        public long Failed => Numbers[1];

        public long Torn => Numbers[2];

        public long Back => Numbers[3];

        public long Unverified => Numbers[4];

        public override string ToString() =>
            $"{Good} good, {Failed} gave up, {Torn} torn, {Back} back, {Numbers[5]} from the second buffer, "
            + $"{Numbers[6]} frames, "
            + $"p50 {Numbers[7]} ns, p99 {Numbers[8]} ns";
    }
}
