namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>The table of kinds and operations.</summary>
internal static class StructureKinds
{
    private const Inputs Container = Inputs.Type | Inputs.Capacity;
    private const Inputs Shown = Inputs.Type | Inputs.Json;
    private const Inputs Counted = Shown | Inputs.AnyType;
    private const Inputs Map = Inputs.Type | Inputs.KeyAndValueType;

    internal static IReadOnlyList<StructureKind> All { get; } =
        [.. Containers(), .. Locks(), .. Meetings(), .. Codata(), .. StreamKinds.All];

    private static StructureKind[] Containers() =>
    [
        new("array", "A fixed number of elements.", typeof(ArrayRun<>),
        [
            new("create", "Create an array of zeros.", Container),
            new("get", "Print an element.", Shown | Inputs.Index),
            new("set", "Store an element.", Inputs.Type | Inputs.Index, "V"),
            new("add", "Add to an element atomically and print the new value.", Shown | Inputs.Index, "V"),
            new("cas", "Replace an element if it is OLD; print what was found, exit code 1 when it was another.",
                Shown | Inputs.Index, "OLD NEW"),
            new("fill", "Store the same value everywhere.", Inputs.Type, "V"),
            new("dump", "Print the elements.", Shown | Inputs.Range),
        ]),
        new("queue", "First in, first out.", typeof(QueueRun<>),
        [
            new("create", "Create an empty queue; the capacity is rounded up to a power of two.", Container),
            new("push", "Add values at the end.", Inputs.Type | Inputs.Timeout, "V…"),
            new("pop", "Take values from the front.", Shown | Inputs.Take | Inputs.Timeout),
            new("peek", "Print the front without taking it.", Shown),
            new("size", "Print the number of values.", Counted),
            new("capacity", "Print how many values fit.", Counted),
        ]),
        new("stack", "Last in, first out.", typeof(StackRun<>),
        [
            new("create", "Create an empty stack.", Container),
            new("push", "Put values on top.", Inputs.Type | Inputs.Timeout, "V…"),
            new("pop", "Take values from the top.", Shown | Inputs.Take | Inputs.Timeout),
            new("top", "Print the top without taking it.", Shown),
            new("size", "Print the number of values.", Counted),
            new("capacity", "Print how many values fit.", Counted),
        ]),
        new("map", "Values by key.", typeof(MapRun<,>),
        [
            new("create", "Create an empty map.", Map | Inputs.Capacity),
            new("put", "Store a value under a key.", Map, "K V"),
            new("get", "Print the value of a key; exit code 3 when there is none.", Map | Inputs.Json, "K"),
            new("remove", "Remove a key; exit code 3 when there is none.", Map, "K"),
            new("size", "Print the number of keys.", Map | Counted),
            new("dump", "Print every key with its value.", Map | Inputs.Json),
        ]),
        new("set", "Values without an order.", typeof(SetRun<>),
        [
            new("create", "Create an empty set.", Container),
            new("add", "Add a value; print whether it was added or there already.", Shown, "V"),
            new("contains", "Print whether a value is in it.", Shown, "V"),
            new("remove", "Remove a value; exit code 3 when it is not there.", Inputs.Type, "V"),
            new("size", "Print the number of values.", Counted),
            new("dump", "Print the values.", Shown),
        ]),
        new("pool", "Nodes to allocate and free.", typeof(PoolRun<>),
        [
            new("create", "Create a pool of free nodes.", Container),
            new("allocate", "Take a node, store a value in it and print its index.", Shown | Inputs.Timeout, "V"),
            new("get", "Print the value of a node.", Shown, "I"),
            new("free", "Give a node back.", Inputs.Type | Inputs.AnyType, "I"),
            new("stat", "Print the capacity and how many nodes are taken.", Counted),
        ]),
        new("ring", "A byte ring with one writer and one reader.", typeof(RingRun<>),
        [
            new("create", "Create an empty ring of --capacity-bytes or --capacity elements.",
                Container | Inputs.CapacityBytes),
            new("write", "Write values.", Inputs.Type | Inputs.Timeout, "V…"),
            new("read", "Take values.", Shown | Inputs.Take | Inputs.Timeout),
            new("stat", "Print capacity, contents and totals.", Counted),
        ]),
        new("table", "The segment's own table of names.", typeof(TableRun),
        [
            new("register", "Reserve a named range of zeros and print where it is.", Inputs.Size | Inputs.Json),
            new("find", "Print where an entry is.", Inputs.Json),
        ]),
    ];

    private static StructureKind[] Locks() =>
    [
        new("semaphore", "Permits to acquire and release.", typeof(SemaphoreRun),
        [
            new("create", "Create a semaphore.", Inputs.InitialCount | Inputs.Maximum),
            new("acquire", "Take a permit; wait for one.", Inputs.Wait),
            new("try", "Take a permit if there is one; exit code 5 otherwise."),
            new("release", "Give permits back.", Inputs.None, "[N]"),
            new("get", "Print the number of permits.", Inputs.Json),
        ]),
        new("mutex", "Mutual exclusion.", typeof(MutexRun),
        [
            new("create", "Create an unlocked mutex."),
            new("lock", "Lock until any process unlocks.", Inputs.Wait),
            new("try", "Lock if it is free; exit code 5 otherwise."),
            new("unlock", "Unlock, whoever locked."),
            new("with", "Hold the mutex while a command runs; exits with its code.", Inputs.Wait, "COMMAND…"),
        ]),
        new("rwlock", "Many readers or one writer.", typeof(ReaderWriterRun),
        [
            new("create", "Create an unlocked lock."),
            new("read-lock", "Enter as a reader.", Inputs.Wait),
            new("read-unlock", "One reader leaves."),
            new("write-lock", "Enter as the writer.", Inputs.Wait),
            new("write-unlock", "The writer leaves."),
            new("state", "Print the readers and whether there is a writer.", Inputs.Json),
        ]),
        new("monitor", "A mutex with a condition.", typeof(MonitorRun),
        [
            new("create", "Create an unlocked monitor."),
            new("lock", "Lock until any process unlocks.", Inputs.Wait),
            new("unlock", "Unlock, whoever locked."),
            new("wait", "Lock, wait for a notification, unlock.", Inputs.Wait),
            new("notify", "Release one waiter."),
            new("notify-all", "Release all that wait now."),
        ]),
    ];

    private static StructureKind[] Meetings() =>
    [
        new("barrier", "A number of parties meet.", typeof(BarrierRun),
        [
            new("create", "Create a barrier.", Inputs.Participants),
            new("wait", "Arrive and wait for the others.", Inputs.Wait),
            new("state", "Print participants, arrivals and generation.", Inputs.Json),
        ]),
        new("latch", "Opens when counted down to 0.", typeof(LatchRun),
        [
            new("create", "Create a latch.", Inputs.InitialCount),
            new("down", "Count down, by 1 or N.", Inputs.None, "[N]"),
            new("wait", "Wait until it is open.", Inputs.Wait),
            new("state", "Print the count and the initial count.", Inputs.Json),
        ]),
        new("once", "Something that is done once.", typeof(OnceRun),
        [
            new("create", "Create it, pending."),
            new("call", "Print executed for the first caller, already for all others.", Inputs.Timeout | Inputs.Json),
            new("state", "Print pending, executing or done.", Inputs.Json),
        ]),
        new("event", "A signal that releases one waiter or all.", typeof(EventRun),
        [
            new("create", "Create an event that is not signalled.", Inputs.Mode),
            new("signal", "Signal it."),
            new("wait", "Wait for the signal.", Inputs.Wait),
            new("reset", "Take the signal back."),
            new("pulse", "Signal, let those go that wait now (1 s at most), reset.", Inputs.Timeout),
            new("state", "Print mode, signal and waiters.", Inputs.Json),
        ]),
        new("signal", "One value with a version.", typeof(SignalRun<>),
        [
            new("create", "Create it with its first value.", Inputs.Type, "V"),
            new("get", "Print the value.", Shown),
            new("set", "Set the value.", Inputs.Type, "V"),
            new("wait", "Wait until the version is another than VERSION and print the value.", Shown | Inputs.Wait,
            "VERSION"),
            new("version", "Print the version.", Shown),
        ]),
    ];

    private static StructureKind[] Codata() =>
    [
        new("future", "A value that is set once.", typeof(FutureRun<>),
        [
            new("create", "Create a pending future.", Inputs.Type),
            new("set", "Complete it with a value; exit code 1 when it is completed.", Inputs.Type, "V"),
            new("fail", "Complete it with an error text.", Inputs.Type, "TEXT"),
            new("get", "Print the value; exit code 1 when it failed.", Shown | Inputs.Timeout),
            new("state", "Print the state, the waiters, and the value or error.", Shown),
        ]),
        new("lazy", "A value that is computed when it is needed.", typeof(LazyRun<>),
        [
            new("const", "Create a value that is known.", Inputs.Type, "V"),
            new("add", "Create the sum of two values, or of two other lazies.", Inputs.Type, "A B"),
            new("multiply", "Create the product of two values, or of two other lazies.", Inputs.Type, "A B"),
            new("negate", "Create the negative of a value, or of another lazy.", Inputs.Type, "A"),
            new("force", "Compute it if nobody did and print the value; exit code 1 when it failed.",
                Shown | Inputs.Timeout),
            new("peek", "Print the value if it was computed; exit code 5 otherwise.", Shown),
            new("reset", "Forget the computed value.", Inputs.Type),
            new("state", "Print the state, the operation, and the value or error.", Shown),
        ]),
        new("channel", "Values from senders to receivers, until it is closed.", typeof(ChannelRun<>),
        [
            new("create", "Create a channel; without --capacity a send ends when a receiver has the value.",
                Inputs.Type | Inputs.Buffer),
            new("send", "Send values; exit code 1 when it is closed.", Inputs.Type | Inputs.Timeout, "V…"),
            new("receive", "Receive values; exit code 1 when it is closed and drained.",
            Shown | Inputs.Take | Inputs.Timeout),
            new("close", "Close it and wake everybody.", Inputs.Type | Inputs.AnyType),
            new("select", "Receive one value from whichever channel has one first; print the channel and the value.",
                Shown | Inputs.Wait, "[NAME…]"),
        ]),
    ];
}
