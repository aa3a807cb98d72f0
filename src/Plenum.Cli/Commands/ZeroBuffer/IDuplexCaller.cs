namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>One way to call. The time covers sending and receiving, not the making and checking of data.</summary>
internal interface IDuplexCaller : IDisposable
{
    /// <summary>One call.</summary>
    /// <returns>Nanoseconds.</returns>
    public long Call(byte[] request, byte[] expected, out bool right);

    /// <summary>Lets the server end, by a request of this size.</summary>
    public void Stop(int sizeBytes);
}
