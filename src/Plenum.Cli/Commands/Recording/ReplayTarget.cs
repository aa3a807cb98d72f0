using Plenum.Recording;

namespace Plenum.Cli.Commands.Recording;

/// <summary>Where a recording is played into.</summary>
internal abstract class ReplayTarget : IDisposable
{
    /// <summary>What it is called in messages.</summary>
    internal abstract string Name { get; }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes an item of the source's metadata.</summary>
    internal virtual void PutMetadata(in RecordedItem item)
    {
    }

    /// <summary>Takes a frame, a snapshot or a value; blocks while the target is full.</summary>
    internal abstract void Put(in RecordedItem item, CancellationToken cancellation);

    protected abstract void Dispose(bool disposing);
}
