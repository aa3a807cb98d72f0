namespace Plenum.ZeroBuffer.Duplex;

/// <summary>The one handler of a server, in one of its three forms.</summary>
internal sealed record RequestHandlers(DuplexHandler? Read, DuplexEditHandler? Edit, DuplexAsyncHandler? Asynchronous)
{
    internal static int RequireSize(int answerBytes, int requestBytes) =>
        answerBytes >= 0 && answerBytes <= requestBytes
        ? answerBytes
        : throw new InvalidOperationException(
            $"The handler said that {answerBytes} bytes are the answer; an editing handler can answer with 0 to "
            + $"{requestBytes} bytes, "
            + "the size of its request.");
}
