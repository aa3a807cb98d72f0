namespace Plenum.Benchmarks.Harness;

/// <summary>The receiving end of a one-way stream; a struct, so that the loop round it is compiled for it.</summary>
internal interface IFlow
{
    /// <summary>Receives what comes next.</summary>
    /// <returns>Messages received, 0 at the end of the stream; negative when one was wrong.</returns>
    public int Receive();
}
