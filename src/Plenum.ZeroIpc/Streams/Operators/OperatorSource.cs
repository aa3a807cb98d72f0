namespace Plenum.ZeroIpc;

/// <summary>A source made by an operator or a generator.</summary>
internal sealed class OperatorSource<T>(string name, Func<StreamCursor<T>> open) : StreamSource<T>
{
    internal override string TransformName => name;

    internal override StreamCursor<T> OpenCursor() => open();
}
