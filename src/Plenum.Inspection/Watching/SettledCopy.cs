namespace Plenum.Inspection.Watching;

/// <summary>Copies a small moving region until two copies agree or one is plausible by itself; allocates nothing after
/// construction.</summary>
internal sealed class SettledCopy(int bytes)
{
    private const int Attempts = 8;

    private byte[] _one = new byte[bytes];
    private byte[] _two = new byte[bytes];

    /// <summary>Bytes of the last copy.</summary>
    internal int Length { get; private set; }

    /// <summary>False when no two copies agreed and none was plausible.</summary>
    internal bool IsSettled { get; private set; }

    internal ReadOnlySpan<byte> Bytes => _one.AsSpan(0, Length);

    /// <summary>Copies from an offset.</summary>
    /// <param name="image">The segment.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="isPlausible">Whether one copy's fields can belong together; null asks for two equal copies.</param>
    internal void Read(SegmentImage image, long offset, Func<ReadOnlySpan<byte>, bool>? isPlausible = null)
    {
        Length = image.Read(offset, _one);
        IsSettled = isPlausible is not null && isPlausible(Bytes);
        for (int attempt = 0; attempt < Attempts && !IsSettled; attempt++)
        {
            int length = image.Read(offset, _two);
            IsSettled = length == Length && _two.AsSpan(0, length).SequenceEqual(Bytes);
            (_one, _two) = (_two, _one);
            Length = length;
            IsSettled = IsSettled || (isPlausible is not null && isPlausible(Bytes));
        }
    }
}
