using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc.Tests;

/// <summary>The 12-byte struct of the golden images.</summary>
[StructLayout(LayoutKind.Sequential)]
internal record struct Point(float X, float Y, float Z);
