namespace Plenum.ZeroBuffer.Duplex;

/// <summary>The result of an asynchronous call before it is copied or handed out.</summary>
internal readonly record struct AsyncAnswer(HeldFrame Frame, int PrefixBytes)
{
    /// <summary>The answer's data; only before the frame is released.</summary>
    internal ReadOnlySpan<byte> Data => Frame.Data[PrefixBytes..];

    internal int CopyTo(Span<byte> room) => Copy(Data, room);

    internal static int Copy(ReadOnlySpan<byte> data, Span<byte> room)
    {
        if (data.Length > room.Length)
        {
            throw new ArgumentException(
                $"The answer has {data.Length} bytes, the room for it {room.Length}. Pass a larger span, or take the "
                + "answer in place.");
        }

        data.CopyTo(room);
        return data.Length;
    }
}
