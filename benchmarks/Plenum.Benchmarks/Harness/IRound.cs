namespace Plenum.Benchmarks.Harness;

/// <summary>One round trip; a struct, so that the loop round it is compiled for it.</summary>
internal interface IRound
{
    /// <summary>Sends, waits for the answer and says whether it was right.</summary>
    public bool Go(long index);
}
