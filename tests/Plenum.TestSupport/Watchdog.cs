using System.Globalization;
using System.Text;

namespace Plenum.TestSupport;

/// <summary>Turns a hang into a failure: runs the body on a thread of its own and gives up after the limit.</summary>
public static class Watchdog
{
    /// <summary>The limit of one step, far above what the slowest machine needs; long campaigns take minutes.</summary>
    public static TimeSpan Limit { get; } = Campaign.IsFull ? TimeSpan.FromMinutes(30) : TimeSpan.FromSeconds(60);

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
            throw new TimeoutException($"The test body did not end within {Limit.TotalSeconds} s; it "
                + $"hangs.\n{Threads()}");
        }

        if (error is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
        }

        return result;
    }

    /// <summary>Awaits a body; fails with its exception, or with a time-out.</summary>
    public static async Task RunAsync(Func<Task> body)
    {
        Task work = Task.Run(body);
        if (await Task.WhenAny(work, Task.Delay(Limit)) != work)
        {
            throw new TimeoutException(
                $"The test body did not end within {Limit.TotalSeconds} s ({work.Status}).\n{Threads()}");
        }

        await work;
    }

    /// <summary>What the kernel says about this process' threads: name, state, and where each waits.</summary>
    public static string Threads()
    {
        var text = new StringBuilder("threads of this process:\n");
        if (!Directory.Exists("/proc/self/task"))
        {
            return text.Append("  (not told by this system)\n").ToString();
        }

        foreach (string task in Directory.GetDirectories("/proc/self/task"))
        {
            string state = Read(task, "status").Split('\n').FirstOrDefault(l =>
                l.StartsWith("State", StringComparison.Ordinal)) ?? "?";
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  {Path.GetFileName(task)} {Read(task, "comm")} {state.Replace('\t', ' ')} "
                + $"in {Read(task, "wchan")} syscall {Read(task, "syscall")}");
        }

        return text.ToString();
    }

    private static string Read(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "?";
        }
    }
}
