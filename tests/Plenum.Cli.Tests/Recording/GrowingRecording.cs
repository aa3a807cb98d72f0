using Plenum.Recording;

namespace Plenum.Cli.Tests.Recording;

/// <summary>A look at a recording that is still being written.</summary>
internal static class GrowingRecording
{
    /// <summary>Whether a whole block with an item is in the file. Its length does not tell: a block may be half
    /// written.</summary>
    internal static bool HoldsAnItem(string path)
    {
        try
        {
            using var reader = RecordingReader.Open(path);
            return reader.TryRead(out _);
        }
        catch (IOException)
        {
            // No file yet, or no header in it.
            return false;
        }
    }
}
