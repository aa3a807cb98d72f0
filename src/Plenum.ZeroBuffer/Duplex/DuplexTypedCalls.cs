using System.Buffers;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>Calls with values instead of bytes.</summary>
/// <remarks>Thread-safe, as the client is. Time-out, cancellation and errors are those of
/// <see cref="DuplexClient.Call(ReadOnlySpan{byte}, CancellationToken)"/>. Calls with structs allocate nothing.
/// <example>
/// <code>
/// Area area = client.Call&lt;Rectangle, Area&gt;(new Rectangle(3, 4));
/// Order order = await client.CallAsync("2026-17", DuplexCodecs.Utf8, s_json);
/// </code>
/// </example>
/// </remarks>
public static class DuplexTypedCalls
{
    /// <summary>Sends a struct and waits for one.</summary>
    /// <typeparam name="TRequest">A struct of plain fields; the server's has the same layout.</typeparam>
    /// <typeparam name="TResponse">A struct of plain fields; the server's has the same layout.</typeparam>
    /// <param name="client">The client.</param>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the wait; the answer is thrown away when it comes.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="InvalidDataException">The answer has another size than the struct.</exception>
    /// <exception cref="NotSupportedException">A type holds pointers, <c>nint</c>, <c>decimal</c>, dates, or has an
    /// automatic layout.</exception>
    /// <inheritdoc cref="DuplexClient.Call(ReadOnlySpan{byte}, CancellationToken)" path="/exception"/>
    public static TResponse Call<TRequest, TResponse>(
        this DuplexClient client, in TRequest request, CancellationToken cancellationToken = default)
        where TRequest : unmanaged
        where TResponse : unmanaged
    {
        ArgumentNullException.ThrowIfNull(client);
        ShareableType.Check<TRequest>();
        ShareableType.Check<TResponse>();
        using DuplexAnswer answer = client.Call(ShareableType.BytesOf(in request), cancellationToken);
        return DuplexValue.Read<TResponse>(answer.Data);
    }

    /// <summary>Sends a struct and waits for one, without blocking a thread.</summary>
    /// <inheritdoc cref="Call{TRequest, TResponse}(DuplexClient, in TRequest, CancellationToken)"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<TResponse> CallAsync<TRequest, TResponse>(
        this DuplexClient client, TRequest request, CancellationToken cancellationToken = default)
        where TRequest : unmanaged
        where TResponse : unmanaged
    {
        ArgumentNullException.ThrowIfNull(client);
        ShareableType.Check<TRequest>();
        ShareableType.Check<TResponse>();
        int size = ShareableType.SizeOf<TRequest>();
        byte[] bytes = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            ShareableType.BytesOf(in request).CopyTo(bytes);
            AsyncAnswer found = await client.RunAsync(bytes.AsMemory(0, size), cancellationToken).ConfigureAwait(false);
            try
            {
                return DuplexValue.Read<TResponse>(found.Data);
            }
            finally
            {
                found.Frame.Release();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Sends a value and waits for one.</summary>
    /// <typeparam name="TRequest">Any type.</typeparam>
    /// <typeparam name="TResponse">Any type.</typeparam>
    /// <param name="client">The client.</param>
    /// <param name="request">The request.</param>
    /// <param name="requestCodec">How the request becomes bytes: at least one.</param>
    /// <param name="responseCodec">How bytes become the answer; what it throws, the call throws.</param>
    /// <param name="cancellationToken">Ends the wait; the answer is thrown away when it comes.</param>
    /// <returns>The answer.</returns>
    /// <inheritdoc cref="DuplexClient.Call(ReadOnlySpan{byte}, CancellationToken)" path="/exception"/>
    public static TResponse Call<TRequest, TResponse>(
        this DuplexClient client,
        in TRequest request,
        DuplexCodec<TRequest> requestCodec,
        DuplexCodec<TResponse> responseCodec,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(requestCodec);
        ArgumentNullException.ThrowIfNull(responseCodec);
        PooledBytes bytes = PooledBytes.Rent();
        try
        {
            requestCodec.Encode(in request, bytes);
            using DuplexAnswer answer = client.Call(bytes.Span, cancellationToken);
            return responseCodec.Decode(answer.Data);
        }
        finally
        {
            bytes.Return();
        }
    }

    /// <summary>Sends a value and waits for one, without blocking a thread.</summary>
    /// <inheritdoc cref="Call{TRequest, TResponse}(DuplexClient, in TRequest, DuplexCodec{TRequest},
    /// DuplexCodec{TResponse}, CancellationToken)"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<TResponse> CallAsync<TRequest, TResponse>(
        this DuplexClient client,
        TRequest request,
        DuplexCodec<TRequest> requestCodec,
        DuplexCodec<TResponse> responseCodec,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(requestCodec);
        ArgumentNullException.ThrowIfNull(responseCodec);
        PooledBytes bytes = PooledBytes.Rent();
        try
        {
            requestCodec.Encode(in request, bytes);
            AsyncAnswer found = await client.RunAsync(bytes.Memory, cancellationToken).ConfigureAwait(false);
            try
            {
                return responseCodec.Decode(found.Data);
            }
            finally
            {
                found.Frame.Release();
            }
        }
        finally
        {
            bytes.Return();
        }
    }
}
