using Plenum.Recording;

namespace Plenum.Cli.Commands.Recording;

/// <summary>Something that can be recorded. A new kind of source is one class with these members, and a line in
/// <see cref="RecordingSources"/>.</summary>
internal abstract class RecordingSource : IDisposable
{
    /// <summary>What goes into the file's first block.</summary>
    internal abstract RecordingDescription Description { get; }

    /// <summary>What its items are called, in the plural.</summary>
    internal abstract string ItemsText { get; }

    /// <summary>Items that the source overwrote before they could be taken.</summary>
    internal virtual long Missed => 0;

    /// <summary>Something that went wrong beside the recording and ends the command with an exit code; null when
    /// nothing did.</summary>
    internal virtual (int ExitCode, string Text)? Trouble => null;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Waits for an item and adds it, with what belongs to it.</summary>
    internal abstract SourceStep TakeNext(RecordingWriter recording, TimeSpan patience, CancellationToken cancellation);

    protected abstract void Dispose(bool disposing);
}
