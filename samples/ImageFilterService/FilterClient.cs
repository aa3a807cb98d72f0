using System.Diagnostics;
using System.Globalization;
using Plenum.ZeroBuffer.Duplex;
using Plenum.ZeroBuffer.InPlace;

namespace Plenum.Samples.ImageFilterService;

/// <summary>Paints pictures into the shared memory, has them filtered there, and looks at every pixel.</summary>
internal static class FilterClient
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Sends so many pictures.</summary>
    /// <returns>0 when every pixel of every answer was right.</returns>
    internal static int Run(string channel, int frames)
    {
        using InPlaceClient client = InPlaceClient.Connect(
            channel, s_patience, new InPlaceClientOptions { CallTimeout = s_patience });
        long wrong = 0;
        var filtering = default(TimeSpan);
        for (int frame = 0; frame < frames; frame++)
        {
            using InPlaceExchange picture = client.Reserve(ImageFilter.FrameBytes);
            ImageFilter.Paint(picture.Data, frame);
            long start = Stopwatch.GetTimestamp();
            Span<byte> filtered = picture.Call(ImageFilter.FrameBytes);
            filtering += Stopwatch.GetElapsedTime(start);
            wrong += ImageFilter.CountWrong(filtered, frame);
        }

        bool refused = IsRefused(client);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"client: {frames} pictures of {ImageFilter.Width} x {ImageFilter.Height}, {wrong} wrong pixels, "
            + $"{filtering.TotalMilliseconds / frames:0.00} ms a picture, half a picture was "
            + $"{(refused ? "refused" : "ACCEPTED")}"));
        return wrong == 0 && refused ? 0 : 1;
    }

    // The service's error reaches the call that caused it, and only that one.
    private static bool IsRefused(InPlaceClient client)
    {
        try
        {
            using InPlaceExchange half = client.Reserve(ImageFilter.FrameBytes);
            half.Call(ImageFilter.FrameBytes / 2);
            return false;
        }
        catch (DuplexHandlerException)
        {
            return true;
        }
    }
}
