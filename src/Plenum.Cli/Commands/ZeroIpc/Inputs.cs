namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>The options that an operation takes.</summary>
[Flags]
internal enum Inputs
{
    None = 0,

    /// <summary>The element type.</summary>
    Type = 1 << 0,

    /// <summary>The types of key and value.</summary>
    KeyAndValueType = 1 << 1,

    /// <summary>Number of elements.</summary>
    Capacity = 1 << 2,

    /// <summary>Size of a ring in bytes.</summary>
    CapacityBytes = 1 << 3,

    /// <summary>An element's place; required.</summary>
    Index = 1 << 4,

    /// <summary>How many elements to take.</summary>
    Take = 1 << 5,

    /// <summary>A time-out; without it nothing blocks.</summary>
    Timeout = 1 << 6,

    /// <summary>A time-out; without it the operation blocks.</summary>
    Wait = 1 << 7,

    /// <summary>A part of an array.</summary>
    Range = 1 << 8,

    /// <summary>An initial count; required.</summary>
    InitialCount = 1 << 9,

    /// <summary>An upper limit.</summary>
    Maximum = 1 << 10,

    /// <summary>The parties of a barrier; required.</summary>
    Participants = 1 << 11,

    /// <summary>How an event resets.</summary>
    Mode = 1 << 12,

    /// <summary>A size in bytes; required.</summary>
    Size = 1 << 13,

    /// <summary>The operation prints data.</summary>
    Json = 1 << 14,

    /// <summary>No element is printed or stored: without --type any size will do.</summary>
    AnyType = 1 << 15,

    /// <summary>Number of elements; 0 without it.</summary>
    Buffer = 1 << 20,

    /// <summary>How many values to follow.</summary>
    Follow = 1 << 24,

    /// <summary>Capacity of a derived stream.</summary>
    DerivedCapacity = 1 << 25,

    /// <summary>How windows follow each other, and what they give.</summary>
    Windowed = 1 << 26,

    /// <summary>What a fold begins with.</summary>
    Folded = 1 << 27,

    /// <summary>How to subscribe to a broadcast.</summary>
    Subscription = 1 << 28,
}
