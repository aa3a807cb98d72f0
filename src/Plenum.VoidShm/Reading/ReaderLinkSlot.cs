using Plenum.Platform;

namespace Plenum.VoidShm.Reading;

/// <summary>The link of an attached reader to its present segment, opened when it is first needed. Under the reader's
/// gate.</summary>
internal sealed class ReaderLinkSlot(SegmentName name, bool mayAsk)
{
    private const long AskIntervalMilliseconds = 500;

    private ReaderLink? _link;
    private bool _refused;
    private long _lastAsk = long.MinValue / 2;

    /// <summary>The link to a segment; null when there is none: no trailer, no permission, or not wanted.</summary>
    internal ReaderLink? Of(AttachedSession session)
    {
        if (_link is null && !_refused && mayAsk && session.HasTrailer)
        {
            ReaderLink? link = ReaderLink.TryOpen(name, session.TrailerOffset);
            if (link is not null
                && (link.Info.Inode != session.Info.Inode || link.Info.Device != session.Info.Device))
            {
                // Replaced a moment ago; the next look notices.
                link.Dispose();
                return null;
            }

            _link = link;
            _refused = link is null;
        }

        return _link;
    }

    /// <summary>Asks the writer to fill the second buffer, at most twice a second.</summary>
    internal void AskForSecondBuffer(AttachedSession session)
    {
        long now = Environment.TickCount64;
        if (session.HasSecondBuffer && now - _lastAsk >= AskIntervalMilliseconds && Of(session) is { } link)
        {
            _lastAsk = now;

            // A copy between two cores takes about half a nanosecond a byte.
            link.Ask((long)session.Channels * session.Length * sizeof(float) / 2);
        }
    }

    /// <summary>Closes the link of a segment that is given up, after ending sleeps on it.</summary>
    internal void Close()
    {
        ReaderLink? link = _link;
        _link = null;
        _refused = false;
        _lastAsk = long.MinValue / 2;
        link?.WakeSleepers();
        link?.Dispose();
    }
}
