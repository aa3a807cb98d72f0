using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.VoidShm;

/// <summary>Follows one segment from the outside: exists, alive, stalled, and what happened in between (spec voidshm
/// 6.4).</summary>
/// <remarks>
/// <para>A check is one look at the header; a segment that has not changed for <see cref="StallFrames"/> checks in a
/// row is stalled, so
/// the stall time is StallFrames divided by the poll frequency. A writer that only writes when something changes looks
/// stalled while it is
/// idle: only periodic writers give a heartbeat. <see cref="VoidStateReport.SinceLastChange"/> tells the two
/// apart.</para>
/// <para>Not thread-safe.</para>
/// <example><code>
/// var monitor = new VoidStateMonitor("levels") { StallFrames = 5 };
/// await foreach (VoidStateReport report in monitor.PollAsync(60, token)) { /* report.State, report.Events */ }
/// </code></example>
/// </remarks>
public sealed class VoidStateMonitor
{
    /// <summary>Poll frequency the original's help uses, in Hz.</summary>
    public const double DefaultPollFrequency = 60;

    private readonly VoidProfile _profile;
    private string _name;
    private int _stallFrames = 5;
    private VoidInfo? _last;
    private VoidState _state;
    private bool _seenChange;
    private int _unchanged;
    private long _changedAt;

    /// <summary>Prepares to follow a segment.</summary>
    /// <param name="name">Name of the segment.</param>
    /// <param name="profile">Its layout; null for <see cref="VoidProfiles.Canon"/>.</param>
    public VoidStateMonitor(string name, VoidProfile? profile = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        _name = name;
        _profile = profile ?? VoidProfiles.Canon;
    }

    /// <summary>Name of the segment; setting it forgets everything seen so far.</summary>
    public string Name
    {
        get => _name;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _name = value;
            Forget();
        }
    }

    /// <summary>Unchanged checks in a row that make a stall; at least 1. Default: 5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int StallFrames
    {
        get => _stallFrames;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _stallFrames = value;
        }
    }

    /// <summary>What the last check read; null before the first.</summary>
    public VoidInfo? Info => _last;

    /// <summary>Looks at the segment once.</summary>
    public VoidStateReport Check()
    {
        VoidInfo now = VoidInfo.Read(_name, _profile);
        VoidInfo? before = _last;
        _last = now;
        return now.IsValid ? CheckValid(now, before) : CheckInvalid(now, before);
    }

    /// <summary>Checks again and again.</summary>
    /// <param name="pollFrequency">Checks a second, above 0 and at most 1000.</param>
    /// <param name="cancellationToken">Ends the sequence by cancellation.</param>
    /// <exception cref="ArgumentOutOfRangeException">The frequency is out of range.</exception>
    public async IAsyncEnumerable<VoidStateReport> PollAsync(
        double pollFrequency = DefaultPollFrequency,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pollFrequency);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pollFrequency, 1000);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / pollFrequency));
        do
        {
            yield return Check();
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Forgets everything seen so far.</summary>
    public void Forget()
    {
        _last = null;
        _state = VoidState.Missing;
        _seenChange = false;
        _unchanged = 0;
        _changedAt = 0;
    }

    private VoidStateReport CheckInvalid(VoidInfo now, VoidInfo? before)
    {
        VoidStateEvents events = before is { IsValid: true } ? VoidStateEvents.Vanished : VoidStateEvents.None;
        _state = now.Code is VoidValidity.Missing or VoidValidity.Denied or VoidValidity.BadName
            ? VoidState.Missing
            : VoidState.Invalid;
        _seenChange = false;
        _unchanged = 0;
        ulong old = before?.Epoch ?? 0;
        return new VoidStateReport(false, false, _state, events, now.Code, old, 0, 0, 0, Age());
    }

    private VoidStateReport CheckValid(VoidInfo now, VoidInfo? before)
    {
        var events = VoidStateEvents.None;
        VoidState previous = _state;
        if (before is not { IsValid: true })
        {
            events |= VoidStateEvents.Appeared;
            _unchanged = 0;
            _seenChange = _profile.AliveFirst;
        }
        else
        {
            events |= Compare(now, before);
        }

        bool alive = _seenChange && _unchanged < _stallFrames;
        _state = alive ? VoidState.Alive : _seenChange ? VoidState.Stalled : VoidState.Idle;
        if (_state == VoidState.Stalled && previous == VoidState.Alive)
        {
            events |= VoidStateEvents.Stalled;
        }
        else if (_state == VoidState.Alive && previous == VoidState.Stalled)
        {
            events |= VoidStateEvents.Resumed;
        }

        ulong old = before is { IsValid: true } ? before.Epoch : now.Epoch;
        return new VoidStateReport(true, alive, _state, events, now.Code, old, now.Epoch, now.Frame, _unchanged, Age());
    }

    private VoidStateEvents Compare(VoidInfo now, VoidInfo before)
    {
        var events = VoidStateEvents.None;
        if (now.Epoch != before.Epoch || now.Frame != before.Frame)
        {
            _seenChange = true;
            _unchanged = 0;
            _changedAt = MonotonicClock.Nanoseconds;
            events |= now.Epoch != before.Epoch ? VoidStateEvents.Reset : VoidStateEvents.None;
        }
        else
        {
            _unchanged++;
        }

        if (now.Channels != before.Channels || now.Length != before.Length)
        {
            events |= VoidStateEvents.ShapeChanged;
        }

        return now.Owner != before.Owner ? events | VoidStateEvents.OwnerChanged : events;
    }

    private TimeSpan? Age() =>
        _changedAt == 0 ? null : TimeSpan.FromTicks((MonotonicClock.Nanoseconds - _changedAt) / 100);
}
