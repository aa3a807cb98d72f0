namespace Plenum.Recording.Tests;

/// <summary>A disk with so much room: writes what fits of a block, then fails like a full disk.</summary>
internal sealed class FullStream(long room) : MemoryStream
{
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        long free = room - Length;
        if (buffer.Length <= free)
        {
            base.Write(buffer);
            return;
        }

        base.Write(buffer[..(int)free]);
        throw new IOException("No space left on device");
    }

    // The test looks at the bytes after the writer closed the file.
    protected override void Dispose(bool disposing)
    {
    }
}
