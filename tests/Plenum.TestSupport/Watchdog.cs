namespace Plenum.TestSupport;

/// <summary>Turns a hang into a failure: runs the body on a thread of its own and gives up after the limit.</summary>
public static class Watchdog
{
    /// <summary>The limit of one step, far above what the slowest machine needs.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Runs a body; fails with its exception, or with a time-out.</summary>
    public static void Run(Action body) => Run(() =>
    {
        body();
        return 0;
    });

    /// <summary>Runs a body and returns its result; fails with its exception, or with a time-out.</summary>
    public static T Run<T>(Func<T> body)
    {
        T result = default!;
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = body();
            }
            catch (Exception e)
            {
                error = e;
            }
        })
        {
            IsBackground = true,
            Name = "watched test body",
        };
        thread.Start();
        if (!thread.Join(Limit))
        {
            throw new TimeoutException($"The test body did not end within {Limit.TotalSeconds} s; it hangs.");
        }

        if (error is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
        }

        return result;
    }
}
