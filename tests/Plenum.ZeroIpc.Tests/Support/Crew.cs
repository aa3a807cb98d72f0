using System.Runtime.ExceptionServices;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Runs a body on several threads of its own at once and waits for all; the first failure is thrown.</summary>
internal static class Crew
{
    internal static void Run(int count, Action<int> body)
    {
        Exception? failure = null;
        var threads = new Thread[count];
        for (int t = 0; t < count; t++)
        {
            int self = t;
            threads[t] = new Thread(() =>
            {
                try
                {
                    body(self);
                }
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref failure, e, null);
                }
            })
            {
                IsBackground = true,
            };
            threads[t].Start();
        }

        Array.ForEach(threads, thread => thread.Join());
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }
}
