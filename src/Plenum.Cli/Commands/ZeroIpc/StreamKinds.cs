namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>Streams and broadcasts in the table of kinds.</summary>
internal static class StreamKinds
{
    private const Inputs Shown = Inputs.Type | Inputs.Json;
    private const Inputs Counted = Shown | Inputs.AnyType;
    private const Inputs Derived = Inputs.Type | Inputs.DerivedCapacity;

    internal static StructureKind[] All { get; } =
    [
        new("stream", "Values over time; several consumers split them.", typeof(StreamRun<>),
        [
            new("create", "Create an empty stream.", Inputs.Type | Inputs.Capacity),
            new("emit", "Emit values; exit code 1 when it is closed.", Inputs.Type | Inputs.Timeout, "V…"),
            new("next", "Take values; exit code 1 when it is closed and drained.",
                Shown | Inputs.Take | Inputs.Timeout),
            new("subscribe", "Print values as they come until it is closed, or --count of them.",
                Shown | Inputs.Follow | Inputs.Wait),
            .. Operators(Inputs.None),
            new("close", "Close it and wake everybody.", Inputs.Type | Inputs.AnyType),
            new("info", "Print capacity, contents, totals, subscribers and whether it is closed.", Counted),
        ]),
        new("broadcast", "Values over time that every subscriber sees.", typeof(BroadcastRun<>),
        [
            new("create", "Create an empty broadcast; the capacity is rounded up to a power of two.",
                Inputs.Type | Inputs.Capacity),
            new("emit", "Publish values; exit code 7 when another process is the publisher.",
                Inputs.Type | Inputs.Timeout, "V…"),
            new("next", "Subscribe, print --count values, and leave.",
                Shown | Inputs.Take | Inputs.Timeout | Inputs.Subscription),
            new("subscribe", "Print values as they come until it is closed, or --count of them; exit code 6 when the "
                + "publisher dies.", Shown | Inputs.Follow | Inputs.Wait | Inputs.Subscription),
            .. Operators(Inputs.Subscription),
            new("close", "Close it and wake everybody.", Inputs.Type | Inputs.AnyType),
            new("info", "Print capacity, position, publisher, subscribers and whether it is closed.", Counted),
        ]),
    ];

    private static Operation[] Operators(Inputs how) =>
    [
        new("map", "Pump every value into NAME2, changed by an expression of x, until the source closes.",
            Derived | how, "NAME2 EXPRESSION"),
        new("filter", "Pump the values for which an expression of x holds into NAME2.", Derived | how,
            "NAME2 EXPRESSION"),
        new("take", "Pump the first N values into NAME2 and close it.", Derived | how, "NAME2 N"),
        new("skip", "Pump all but the first N values into NAME2.", Derived | how, "NAME2 N"),
        new("window", "Pump one number for each window of N values into NAME2.",
            Derived | Inputs.Windowed | how, "NAME2 N"),
        new("merge", "Merge with stream B: print the values, or pump them into NAME2.", Derived | Inputs.Json | how,
            "B [NAME2]"),
        new("zip", "Pair with stream B: print the pairs, or pump an expression of x and y into NAME2.",
            Derived | Inputs.Json | how, "B [NAME2 EXPRESSION]"),
        new("fold", "Combine all values by an expression of a (the result so far) and x until the source closes; "
            + "print it.",
            Shown | Inputs.Folded | how, "EXPRESSION"),
    ];
}
