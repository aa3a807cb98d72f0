using Plenum.ZeroBuffer.InPlace;

namespace Plenum.Samples.ImageFilterService;

/// <summary>The service: filters pictures in the memory that its client wrote them to.</summary>
internal static class FilterServer
{
    /// <summary>Serves until a line of input, or its end.</summary>
    internal static int Run(string channel)
    {
        using var server = InPlaceServer.Start(channel, Filter, new InPlaceServerOptions
        {
            // Two pictures may be on their way at the same time.
            PayloadSizeBytes = 2L * (ImageFilter.FrameBytes + 128),
        });
        server.Error += (_, error) => Console.Error.WriteLine(error.Exception.Message);
        Console.In.ReadLine();
        Console.WriteLine($"service: {server.RequestsHandled} pictures filtered, {server.HandlerFailures} refused");
        return 0;
    }

    private static int Filter(Span<byte> data, int requestBytes)
    {
        if (requestBytes != ImageFilter.FrameBytes)
        {
            throw new InvalidDataException($"a picture has {ImageFilter.FrameBytes} bytes, not {requestBytes}");
        }

        ImageFilter.Apply(data[..requestBytes]);
        return requestBytes;
    }
}
