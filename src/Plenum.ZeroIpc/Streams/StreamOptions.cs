namespace Plenum.ZeroIpc;

/// <summary>How one process uses a stream. Nothing of it is stored in the segment except the layout.</summary>
public sealed record StreamOptions
{
    /// <summary>The C++ layout, waiting emissions, any number of emitters and consumers.</summary>
    public static StreamOptions Default { get; } = new();

    /// <summary>Whose bytes the stream has.</summary>
    public StreamLayout Layout { get; init; }

    /// <summary>What <see cref="SharedStream{T}.Emit(T)"/> does when there is no room.</summary>
    public Backpressure Backpressure { get; init; }

    /// <summary>
    /// A promise that this object, from one thread at a time, is the only emitter of the stream in any process (the
    /// peers' own rule): an emission then takes no turn. Broken promises lose values.
    /// </summary>
    public bool IsSoleEmitter { get; init; }

    /// <summary>
    /// A promise that this object, from one thread at a time, is the only consumer of the stream in any process (the
    /// peers' own rule): a take then needs no interlocked operation. Broken promises deliver values twice.
    /// </summary>
    public bool IsSoleConsumer { get; init; }
}
