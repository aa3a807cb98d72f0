using Plenum.Platform;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>Handlers made of functions from values to values, for <see cref="DuplexServer"/>.</summary>
/// <remarks>A request that the codec cannot read, or that has another size than the struct, is answered with an error;
/// the function is not called.
/// <example>
/// <code>
/// using DuplexServer server = DuplexServer.Start("shapes", DuplexTypedHandlers.Of((Rectangle r) =&gt; r.Area()));
/// using DuplexServer orders = DuplexServer.StartAsynchronous(
///     "orders", DuplexTypedHandlers.OfAsync(DuplexCodecs.Utf8, s_json, FindOrderAsync));
/// </code>
/// </example>
/// </remarks>
public static class DuplexTypedHandlers
{
    /// <summary>A handler of structs. Allocates nothing.</summary>
    /// <typeparam name="TRequest">A struct of plain fields; the client's has the same layout.</typeparam>
    /// <typeparam name="TResponse">A struct of plain fields; the client's has the same layout.</typeparam>
    /// <param name="function">Request to answer.</param>
    /// <exception cref="NotSupportedException">A type holds pointers, <c>nint</c>, <c>decimal</c>, dates, or has an
    /// automatic layout.</exception>
    public static DuplexHandler Of<TRequest, TResponse>(Func<TRequest, TResponse> function)
        where TRequest : unmanaged
        where TResponse : unmanaged
    {
        ArgumentNullException.ThrowIfNull(function);
        ShareableType.Check<TRequest>();
        ShareableType.Check<TResponse>();
        return (request, response) =>
        {
            TResponse answer = function(DuplexValue.Read<TRequest>(request.Data));
            response.Write(ShareableType.BytesOf(in answer));
        };
    }

    /// <summary>A handler of values.</summary>
    /// <typeparam name="TRequest">Any type.</typeparam>
    /// <typeparam name="TResponse">Any type.</typeparam>
    /// <param name="requestCodec">How bytes become the request.</param>
    /// <param name="responseCodec">How the answer becomes bytes.</param>
    /// <param name="function">Request to answer.</param>
    public static DuplexHandler Of<TRequest, TResponse>(
        DuplexCodec<TRequest> requestCodec,
        DuplexCodec<TResponse> responseCodec,
        Func<TRequest, TResponse> function)
    {
        ArgumentNullException.ThrowIfNull(requestCodec);
        ArgumentNullException.ThrowIfNull(responseCodec);
        ArgumentNullException.ThrowIfNull(function);
        return (request, response) =>
        {
            TResponse answer = function(requestCodec.Decode(request.Data));
            PooledBytes bytes = PooledBytes.Rent();
            try
            {
                responseCodec.Encode(in answer, bytes);
                response.Write(bytes.Span);
            }
            finally
            {
                bytes.Return();
            }
        };
    }

    /// <summary>An asynchronous handler of structs.</summary>
    /// <param name="function">Request to answer; the token is cancelled when the server is being stopped.</param>
    /// <inheritdoc cref="Of{TRequest, TResponse}(Func{TRequest, TResponse})"/>
    public static DuplexAsyncHandler OfAsync<TRequest, TResponse>(
        Func<TRequest, CancellationToken, ValueTask<TResponse>> function)
        where TRequest : unmanaged
        where TResponse : unmanaged
    {
        ArgumentNullException.ThrowIfNull(function);
        ShareableType.Check<TRequest>();
        ShareableType.Check<TResponse>();
        return async exchange =>
        {
            TRequest request = DuplexValue.Read<TRequest>(exchange.Request.Span);
            TResponse answer = await function(request, exchange.Stopping).ConfigureAwait(false);
            exchange.Write(ShareableType.BytesOf(in answer));
        };
    }

    /// <summary>An asynchronous handler of values.</summary>
    /// <param name="requestCodec">How bytes become the request.</param>
    /// <param name="responseCodec">How the answer becomes bytes.</param>
    /// <param name="function">Request to answer; the token is cancelled when the server is being stopped.</param>
    /// <inheritdoc cref="Of{TRequest, TResponse}(DuplexCodec{TRequest}, DuplexCodec{TResponse},
    /// Func{TRequest, TResponse})"/>
    public static DuplexAsyncHandler OfAsync<TRequest, TResponse>(
        DuplexCodec<TRequest> requestCodec,
        DuplexCodec<TResponse> responseCodec,
        Func<TRequest, CancellationToken, ValueTask<TResponse>> function)
    {
        ArgumentNullException.ThrowIfNull(requestCodec);
        ArgumentNullException.ThrowIfNull(responseCodec);
        ArgumentNullException.ThrowIfNull(function);
        return async exchange =>
        {
            TRequest request = requestCodec.Decode(exchange.Request.Span);
            TResponse answer = await function(request, exchange.Stopping).ConfigureAwait(false);
            PooledBytes bytes = PooledBytes.Rent();
            try
            {
                responseCodec.Encode(in answer, bytes);
                exchange.Write(bytes.Span);
            }
            finally
            {
                bytes.Return();
            }
        };
    }
}
