using Plenum.Inspection.Watching;

namespace Plenum.Cli.Commands.Live;

/// <summary>What <c>plenum top</c> remembers: order, selection, scrolling, the last events.</summary>
internal sealed class TopModel
{
    private const int EventsKept = 50;

    private static readonly string[] s_orders = ["name", "rate", "used"];

    private readonly List<WatchEvent> _events = [];
    private string? _selected;
    private int _order;

    internal TopModel(string order) => _order = Math.Max(0, Array.IndexOf(s_orders, order));

    internal IReadOnlyList<WatchedSegment> Rows { get; private set; } = [];

    internal IReadOnlyList<WatchEvent> Events => _events;

    internal int SelectedIndex { get; private set; }

    /// <summary>The first row that is shown.</summary>
    internal int First { get; private set; }

    internal bool IsPaused { get; private set; }

    internal string SortName => s_orders[_order];

    internal WatchedSegment? Selected => SelectedIndex < Rows.Count ? Rows[SelectedIndex] : null;

    /// <summary>Takes a sample; the selection stays on its segment.</summary>
    internal void Update(WatchSnapshot snapshot)
    {
        _events.AddRange(snapshot.Events);
        _events.RemoveRange(0, Math.Max(0, _events.Count - EventsKept));
        Order(snapshot.Segments);
    }

    internal void NextOrder()
    {
        _order = (_order + 1) % s_orders.Length;
        Order(Rows);
    }

    internal void TogglePause() => IsPaused = !IsPaused;

    internal void Move(int rows)
    {
        SelectedIndex = Math.Clamp(SelectedIndex + rows, 0, Math.Max(0, Rows.Count - 1));
        _selected = Selected?.Summary.Name;
    }

    /// <summary>Brings the selection into view.</summary>
    internal void ScrollTo(int visibleRows)
    {
        First = Math.Clamp(First, Math.Max(0, SelectedIndex - visibleRows + 1), SelectedIndex);
        First = Math.Clamp(First, 0, Math.Max(0, Rows.Count - visibleRows));
    }

    private void Order(IReadOnlyList<WatchedSegment> segments)
    {
        IEnumerable<WatchedSegment> byName = segments.OrderBy(
            segment => segment.Summary.Name, StringComparer.Ordinal);
        Rows =
        [
            .. SortName switch
            {
                "rate" => byName.OrderByDescending(segment => segment.ProducedPerSecond),
                "used" => byName.OrderByDescending(segment => segment.Utilization ?? -1),
                _ => byName,
            },
        ];
        int found = Rows.ToList().FindIndex(segment => segment.Summary.Name == _selected);
        SelectedIndex = found >= 0 ? found : Math.Clamp(SelectedIndex, 0, Math.Max(0, Rows.Count - 1));
        _selected = Selected?.Summary.Name;
    }
}
