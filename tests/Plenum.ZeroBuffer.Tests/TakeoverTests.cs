namespace Plenum.ZeroBuffer.Tests;

/// <summary>
/// What a writer that died between two stores leaves, made by hand store by store: the survivor reads what was
/// published, repairs the free bytes, and goes on with the next writer.
/// </summary>
public sealed class TakeoverTests
{
    private const ulong DeadPid = 5_000_000;

    [Fact]
    public void WriterDiedAfterCharge_FreeBytesAreRepaired()
    {
        using var pair = new Pair();
        pair.WriteP(100, 1);
        pair.Writer.Dispose();
        pair.Raw.UInt64(0x50).WriteRelease(DeadPid);
        pair.Raw.UInt64(0x28).Add(unchecked(0ul - 500));

        pair.ReadAndCheck(1, 100);
        Assert.Equal(ReadOutcome.WriterDied, pair.Reader.Read(out _, Pair.Patience));

        Assert.Equal(10240ul, pair.Free);
        Assert.Equal(0ul, pair.Field(0x50));
        pair.Connect();
        pair.WriteP(200, 1);
        pair.ReadAndCheck(1, 200);
        Assert.Equal(ReaderState.Reading, pair.Reader.State);
    }

    [Fact]
    public void WriterDiedAfterCharge_HeldFramesCountAsUsed()
    {
        using var pair = new Pair();
        pair.WriteP(100, 1);
        Assert.True(pair.Reader.TryRead(out Frame held));
        pair.Writer.Dispose();
        pair.Raw.UInt64(0x50).WriteRelease(DeadPid);
        pair.Raw.UInt64(0x28).Add(unchecked(0ul - 500));

        Assert.Equal(ReadOutcome.WriterDied, pair.Reader.Read(out _, Pair.Patience));

        Assert.Equal(10240ul - 116, pair.Free);
        held.Dispose();
        Assert.Equal(10240ul, pair.Free);
    }

    [Fact]
    public void WriterDiedBeforePost_ItsFrameIsRead()
    {
        using var pair = new Pair();
        pair.WriteP(100, 1);
        pair.WriteP(50, 2);
        Assert.True(pair.SemW.TryWait());
        pair.Writer.Dispose();
        pair.Raw.UInt64(0x50).WriteRelease(DeadPid);

        pair.ReadAndCheck(1, 100);
        pair.ReadAndCheck(2, 50);
        Assert.Equal(ReadOutcome.WriterDied, pair.Reader.Read(out _, Pair.Patience));
        Assert.Equal(10240ul, pair.Free);
    }

    [Fact]
    public void WriterDiedBeforePostAndWasReplaced_NoFrameStaysBehind()
    {
        using var pair = new Pair();
        pair.WriteP(100, 1);
        pair.ReadAndCheck(1, 100);
        pair.WriteP(50, 2);
        Assert.True(pair.SemW.TryWait());

        // Another process took the role: another live pid (init's) stands in the field.
        pair.Writer.Dispose();
        pair.Raw.UInt64(0x50).WriteRelease(1);

        pair.ReadAndCheck(2, 50);
        Assert.Equal(ReadOutcome.TimedOut, pair.Reader.Read(out _, TimeSpan.FromMilliseconds(1)));

        // The token comes after all: it is not taken for a frame.
        pair.SemW.TryPost();
        Assert.False(pair.Reader.TryRead(out _));
        pair.Raw.UInt64(0x50).WriteRelease(0);
        pair.Connect();
        pair.WriteP(70, 1);
        pair.ReadAndCheck(1, 70);
        Assert.Equal(10240ul, pair.Free);
    }

    [Fact]
    public void SlowWriter_ItsFrameIsReadOnceAndTheLateTokenIsNone()
    {
        using var pair = new Pair();
        pair.WriteP(100, 1);
        pair.ReadAndCheck(1, 100);
        pair.WriteP(50, 2);
        Assert.True(pair.SemW.TryWait());

        // Published but not posted for a whole slice: the position is published after the bytes, so the frame may be
        // read.
        pair.ReadAndCheck(2, 50);
        pair.SemW.TryPost();

        Assert.Equal(ReadOutcome.TimedOut, pair.Reader.Read(out _, TimeSpan.FromMilliseconds(250)));
        pair.WriteP(60, 3);
        pair.ReadAndCheck(3, 60);
    }

    [Fact]
    public void CppWriterLeftPositionAtTheEnd_IsTakenAsZero()
    {
        using var pair = new Pair(0, 10240);
        pair.WriteP(10224, 1);
        pair.Poke(0x30, 10240);
        pair.ReadAndCheck(1, 10224);
        pair.Writer.Dispose();

        Assert.Equal(ReadOutcome.WriterClosed, pair.Reader.Read(out _, Pair.Patience));
        pair.Connect();
        pair.WriteP(10, 1);

        pair.ReadAndCheck(1, 10);
        Assert.Equal(26ul, pair.WritePosition);
        Assert.Equal(0, pair.Writer.Statistics.Wraps);
    }

    [Fact]
    public void ShortTailOfAForeignWriter_IsReadAndSkipped()
    {
        using var pair = new Pair(0, 128, allowShortTail: true);
        for (int i = 1; i <= 40; i++)
        {
            int size = (i % 3) switch { 0 => 20, 1 => 48, _ => 41 };
            Assert.True(pair.Writer.TryWrite(Pair.P(size, i)), $"frame {i}");
            pair.ReadAndCheck((ulong)i, size);
        }

        Assert.Equal(128ul, pair.Free);
        Assert.True(pair.Writer.Statistics.Wraps > 5);
    }

    [Fact]
    public void ShortTail_IsAvoidedByWrappingEarlier()
    {
        using var pair = new Pair(0, 256);
        pair.WriteP(124, 1);
        pair.ReadAndCheck(1, 124);

        // 140 + 105 would leave 11 bytes; the frame goes to the start instead, behind a marker.
        pair.WriteP(89, 2);

        Assert.Equal(105ul, pair.WritePosition);
        Assert.Equal(3ul, pair.WrittenCount);
        pair.ReadAndCheck(2, 89);
        Assert.Equal(256ul, pair.Free);
    }

    [Fact]
    public void ShortTail_Unavoidable_IsRefusedWithTheNearestSize()
    {
        using var pair = new Pair(0, 256);

        FrameSizeException error = Assert.Throws<FrameSizeException>(() => pair.Writer.TryWrite(new byte[235]));

        Assert.Equal(FrameSizeError.LeavesShortTail, error.Error);
        Assert.Equal(240, error.FittingSizeBytes);
        error = Assert.Throws<FrameSizeException>(() => pair.Writer.TryWrite(new byte[226]));
        Assert.Equal(224, error.FittingSizeBytes);
        Assert.Equal(256ul, pair.Free);
    }
}
