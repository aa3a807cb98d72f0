using Plenum.Platform;

namespace Plenum.Recording;

/// <summary>Writes a recording. One thread adds items; a thread of the writer's own brings them to the file.</summary>
/// <remarks>Adding copies the bytes and waits only while <see cref="RecordingWriterOptions.QueueBytes"/> wait for the
/// disk, never longer than <see cref="RecordingWriterOptions.MaximumWait"/>. A whole block is written at once: when the
/// process is killed, every block before the last is readable.</remarks>
public sealed class RecordingWriter : IDisposable
{
    private readonly RecordingWriterOptions _options;
    private readonly Stream _stream;
    private readonly BlockQueue _queue;
    private readonly BlockFile _file;
    private readonly Thread _thread;
    private readonly long _start = MonotonicClock.Nanoseconds;
    private volatile Exception? _failure;
    private long _lastTime;
    private long _items;
    private long _dataBytes;
    private long _lost;
    private long _longestWait;
    private bool _ended;

    /// <summary>Starts a recording into a stream, which the writer then owns.</summary>
    /// <param name="stream">Where to; it is only appended to.</param>
    /// <param name="name">What error messages call it.</param>
    /// <param name="description">What the recording is of.</param>
    /// <param name="options">How to write; the defaults when null.</param>
    /// <exception cref="ArgumentNullException">An argument other than the options is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number of the options is not positive.</exception>
    /// <exception cref="IOException">The beginning of the recording cannot be written.</exception>
    public RecordingWriter(
        Stream stream, string name, RecordingDescription description, RecordingWriterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(description);
        _options = options ?? new RecordingWriterOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.QueueBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.BlockBytes);
        _stream = stream;
        _queue = new BlockQueue(_options.QueueBytes);
        _file = new BlockFile(stream, name);
        _file.WriteStart(description);
        _thread = new Thread(Drain) { IsBackground = true, Name = "plenum recording" };
        _thread.Start();
    }

    /// <summary>What was done so far. Safe from any thread; the numbers may be of slightly different moments.</summary>
    public RecordingStatistics Statistics => new(
        Volatile.Read(ref _items),
        Volatile.Read(ref _dataBytes),
        Volatile.Read(ref _lost),
        TimeSpan.FromTicks(Volatile.Read(ref _longestWait) / 100));

    /// <summary>Time since the start of the recording, in nanoseconds; never goes back.</summary>
    public long ElapsedNanoseconds => MonotonicClock.Nanoseconds - _start;

    /// <summary>Starts a recording into a file; a file of that name is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="description">What the recording is of.</param>
    /// <param name="options">How to write; the defaults when null.</param>
    /// <exception cref="ArgumentNullException">An argument other than the options is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number of the options is not positive.</exception>
    /// <exception cref="IOException">The file cannot be created or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The system does not allow it.</exception>
    public static RecordingWriter Create(
        string path, RecordingDescription description, RecordingWriterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        try
        {
            return new RecordingWriter(stream, path, description, options);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Adds an item taken now. One thread at a time.</summary>
    /// <param name="sequence">The source's own number of it.</param>
    /// <param name="data">Its bytes; copied.</param>
    /// <param name="cancellationToken">Ends the wait for the disk.</param>
    /// <returns>Whether it was taken; false when it was dropped and counted.</returns>
    /// <exception cref="IOException">The file could not be written any more.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled; the item was not taken.</exception>
    /// <exception cref="ObjectDisposedException">The recording was ended.</exception>
    public bool Add(ulong sequence, ReadOnlySpan<byte> data, CancellationToken cancellationToken = default) =>
        Add(RecordedItemKind.Data, ElapsedNanoseconds, sequence, [], data, cancellationToken);

    /// <summary>Adds an item of any kind and time. One thread at a time.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="timeNanoseconds">When, since the start of the recording; an earlier time than the item before
    /// counts as that item's.</param>
    /// <param name="sequence">The source's own number of it.</param>
    /// <param name="head">Its first bytes; copied.</param>
    /// <param name="data">The bytes after them; copied.</param>
    /// <param name="cancellationToken">Ends the wait for the disk.</param>
    /// <returns>Whether it was taken; false when it was dropped and counted.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The item is longer than about 2 GiB.</exception>
    /// <exception cref="IOException">The file could not be written any more.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled; the item was not taken.</exception>
    /// <exception cref="ObjectDisposedException">The recording was ended.</exception>
    public bool Add(
        RecordedItemKind kind,
        long timeNanoseconds,
        ulong sequence,
        ReadOnlySpan<byte> head,
        ReadOnlySpan<byte> data,
        CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            (long)head.Length + data.Length, RecordingFormat.MaximumItemBytes - _options.BlockBytes, nameof(data));
        ThrowIfFailed();
        _lastTime = Math.Max(_lastTime, timeNanoseconds);
        var item = new PendingItem(kind, _lastTime, sequence, head, data);
        bool taken = _queue.Add(item, _options.BlockBytes, _options.MaximumWait, cancellationToken, out long waited);
        Volatile.Write(ref _longestWait, Math.Max(_longestWait, waited));
        if (taken)
        {
            Volatile.Write(ref _items, _items + (kind == RecordedItemKind.Data ? 1 : 0));
            Volatile.Write(ref _dataBytes, _dataBytes + item.Length);
            return true;
        }

        ThrowIfFailed();
        Volatile.Write(ref _lost, _lost + 1);
        return false;
    }

    /// <summary>Writes everything that waits and the end block, and closes the file. Blocks for the disk.</summary>
    /// <exception cref="IOException">Not everything could be written.</exception>
    public void Complete()
    {
        if (!_ended)
        {
            _ended = true;
            _queue.Complete();
            _thread.Join();
            try
            {
                if (_failure is null)
                {
                    _file.WriteEnd(Statistics, _queue.LostAtEnd);
                }
            }
            finally
            {
                _stream.Dispose();
            }
        }

        ThrowIfFailed();
    }

    /// <summary>As <see cref="Complete"/>, but silent about a file that could not be written.</summary>
    public void Dispose()
    {
        try
        {
            Complete();
        }
        catch (IOException)
        {
            // Whoever wants to know completes.
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw new IOException(failure.Message, failure);
        }
    }

    private void Drain()
    {
        try
        {
            while (_queue.Take(_options.FlushInterval) is { } block)
            {
                _file.WriteItems(block);
                _queue.Release(block);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            _failure = e;
            _queue.Fail();
        }
    }
}
