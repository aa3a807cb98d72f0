namespace Plenum.Cli.Commands.ZeroIpc;

/// <summary>A fixed number of bytes, as hex digits.</summary>
internal sealed class BytesElement<T> : Element<T>
    where T : unmanaged, IByteBlock
{
    internal override bool TryParse(string text, out T value)
    {
        value = default;
        if (text.Length != 2 * T.Length)
        {
            return false;
        }

        Span<byte> bytes = new byte[T.Length];
        if (Convert.FromHexString(text, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        value.Load(bytes);
        return true;
    }

    internal override ElementText Format(T value)
    {
        Span<byte> bytes = new byte[T.Length];
        value.Store(bytes);
        return ElementText.Of(Convert.ToHexStringLower(bytes));
    }
}
