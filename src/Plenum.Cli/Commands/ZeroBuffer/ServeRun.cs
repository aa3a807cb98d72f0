using Plenum.ZeroBuffer.Duplex;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>Answers requests and counts them. Thread-safe.</summary>
internal sealed class ServeRun(ServeTransform transform, long limit, CountdownEvent enough)
{
    private long _requests;
    private long _bytes;
    private long _errors;

    internal long Requests => Interlocked.Read(ref _requests);

    internal long Bytes => Interlocked.Read(ref _bytes);

    internal long Errors => Interlocked.Read(ref _errors);

    /// <summary>Whether as many requests came as were asked for.</summary>
    internal bool IsEnough => limit > 0 && Requests >= limit;

    internal void CountError() => Interlocked.Increment(ref _errors);

    internal void Handle(DuplexRequest request, DuplexResponse response)
    {
        Span<byte> answer = response.Reserve(request.Data.Length);
        request.Data.CopyTo(answer);
        transform.Apply(answer);
        Count(answer.Length);
    }

    internal int Edit(Span<byte> data, int requestBytes)
    {
        transform.Apply(data[..requestBytes]);
        Count(requestBytes);
        return requestBytes;
    }

    private void Count(int bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        if (Interlocked.Increment(ref _requests) == limit)
        {
            enough.Signal();
        }
    }
}
