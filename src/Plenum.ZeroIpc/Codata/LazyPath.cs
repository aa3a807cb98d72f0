namespace Plenum.ZeroIpc;

/// <summary>The lazies that this thread is forcing just now, one inside the other: notices cycles and endless
/// depth.</summary>
internal static class LazyPath
{
    internal const int MaxDepth = 64;

    [ThreadStatic]
    private static Stack<(SharedMemory Memory, long Offset)>? t_path;

    /// <summary>Goes one lazy deeper.</summary>
    /// <exception cref="InvalidOperationException">It is being forced already, or there are 64 around it.</exception>
    internal static void Enter(SharedMemory memory, long offset, string name)
    {
        Stack<(SharedMemory Memory, long Offset)> path = t_path ??= new();
        foreach ((SharedMemory known, long at) in path)
        {
            if (at == offset && known.Name == memory.Name)
            {
                throw new InvalidOperationException(
                    $"Could not force lazy '{name}' in segment '{memory.Name}': its value depends on itself.");
            }
        }

        if (path.Count == MaxDepth)
        {
            throw new InvalidOperationException(
                $"Could not force lazy '{name}' in segment '{memory.Name}': it lies {MaxDepth} references deep.");
        }

        path.Push((memory, offset));
    }

    internal static void Leave() => t_path!.Pop();
}
