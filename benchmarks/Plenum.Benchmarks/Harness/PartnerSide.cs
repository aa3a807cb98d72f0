using System.Globalization;

namespace Plenum.Benchmarks.Harness;

/// <summary>The second process: it obeys lines until its input ends.</summary>
internal sealed class PartnerSide
{
    private readonly TextReader _input;
    private readonly TextWriter _output;
    private string[] _words = [];
    private long _allocatedBefore;
    private long _allocated;
    private TimeSpan _cpuBefore;

    internal PartnerSide(TextReader input, TextWriter output)
    {
        _input = input;
        _output = output;
    }

    /// <summary>Whether what this half checked was right.</summary>
    internal bool Right { get; set; } = true;

    /// <summary>Operations this half counted.</summary>
    internal long Operations { get; set; }

    internal string Text(int index) => _words[index + 1];

    internal long Number(int index) => long.Parse(Text(index), CultureInfo.InvariantCulture);

    /// <summary>Says that the other side may start; allocations and processor time count from here.</summary>
    internal void Ready()
    {
        Say("ready");
        _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        _cpuBefore = Environment.CpuUsage.TotalTime;
    }

    /// <summary>Ends the counted part, so that closing is not counted; else it ends with the half.</summary>
    internal void Counted() => _allocated = GC.GetAllocatedBytesForCurrentThread() - _allocatedBefore;

    /// <summary>Runs lines until the input ends.</summary>
    internal void Run()
    {
        Say("hello");
        while (_input.ReadLine() is { } line)
        {
            _words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Right = true;
            Operations = 0;
            _allocated = -1;
            if (_words[0] == "ruler")
            {
                Ruler.Answer(this);
            }
            else
            {
                CaseCatalog.Find(_words[0]).Partner(this);
            }

            long allocated = _allocated >= 0 ? _allocated : GC.GetAllocatedBytesForCurrentThread() - _allocatedBefore;
            double cpu = (Environment.CpuUsage.TotalTime - _cpuBefore).TotalSeconds;
            Say(FormattableString.Invariant(
                $"done {allocated} {(Right ? "right" : "wrong")} {Operations} {cpu}"));
        }
    }

    private void Say(string line)
    {
        _output.WriteLine(line);
        _output.Flush();
    }
}
