using Plenum.TestSupport;

namespace Plenum.Inspection.Tests.ZeroIpc;

/// <summary>What every entry of every foreign image is taken for. Right or ambiguous with the truth among the
/// candidates; never wrong.</summary>
public sealed class KindRecognitionTests
{
    // The truth, typed from the images' README: file, then entry=kind.
    internal static readonly Dictionary<string, string> s_truth = new(StringComparer.Ordinal)
    {
        ["c_array"] = "temps=array bytes=array",
        ["c_barrier_latch"] = "bar=barrier latch=latch",
        ["c_queue"] = "q_i32=queue",
        ["c_stack"] = "s_i32=stack",
        ["cpp_all"] = "arr=array queue=queue stack=stack map=map set=set pool=pool ring=ring future=future lazy=lazy "
            + "stream_header=stream chan_header=channel sem=semaphore barrier=barrier latch=latch mutex=mutex "
            + "once=once "
            + "event=event rwlock=rwlock monitor=monitor signal=signal",
        ["cpp_array"] = "temps=array bytes=array ints=array doubles=array points=array longs=array",
        ["cpp_barrier"] = "bar=barrier bar2=barrier",
        ["cpp_channel"] = "buf_header=channel closed_header=channel idle_header=channel rdv_header=channel",
        ["cpp_channel_recvwait"] =
            "buf_header=channel closed_header=channel idle_header=channel rdv_header=channel rdv2_header=channel",
        ["cpp_event"] = "auto=event auto_sig=event man=event man_sig=event",
        ["cpp_future"] = "f_pending=future f_ready=future f_i32=future f_error=future f_p12=future f_computing=future",
        ["cpp_latch"] = "latch=latch zero=latch",
        ["cpp_lazy"] =
            "l_const=lazy l_const2=lazy l_add=lazy l_mul=lazy l_i32=lazy l_err=lazy l_reset=lazy "
            + "l_true=lazy l_false=lazy "
            + "l_and=lazy l_and2=lazy",
        ["cpp_map"] = "m_i32_f64=map m_i64_i64=map m_i32_i32=map m_f64_i32=map m_p12_u32=map m_u8_u8=map m_full=map",
        ["cpp_monitor"] = "idle=monitor locked=monitor waited=monitor",
        ["cpp_mutex"] = "free=mutex held=mutex",
        ["cpp_once"] = "pending=once done=once executing=once",
        ["cpp_pool"] = "p_i32=pool p_f64=pool p_u8=pool p_p12=pool",
        ["cpp_queue"] = "q_i32=queue q_u8=queue q_f64=queue q_wrap=queue q_empty=queue q_2to32=queue",
        ["cpp_ring"] = "r_i32=ring r_f64=ring r_min=ring",
        ["cpp_rwlock"] = "idle=rwlock readers=rwlock writer=rwlock",
        ["cpp_semaphore"] = "sem=semaphore unbounded=semaphore binary=semaphore",
        ["cpp_set"] = "s_i32=set s_i64=set s_f64=set s_u8=set",
        ["cpp_signal"] = "s_i32=signal s_f64=signal s_p12=signal",
        ["cpp_stack"] = "s_i32=stack s_u8=stack s_f64=stack s_empty=stack s_stuck=stack",
        ["cpp_stream"] = "temp_header=stream done_header=stream ticks=stream",
        ["cpp_table_empty"] = "",
        ["cpp_table_small"] = "e0=raw e1=raw e2=raw e3=raw",
        ["go_array"] = "temps=array bytes=array",
        ["go_queue"] = "q_i32=queue",
        ["go_stack"] = "s_i32=stack",
        ["go_sync"] = "sem=semaphore held=mutex free=mutex bar=barrier latch=latch pending=once done=once",
        ["py_array"] = "temps=array bytes=array ints=array doubles=array",
        ["py_barrier"] = "bar=barrier",
        ["py_channel"] = "buf=channel closed=channel idle=channel rdv=channel",
        ["py_event"] = "auto=event auto_sig=event man=event man_sig=event",
        ["py_future"] = "f_pending=future f_ready=future f_i32=future f_error=future",
        ["py_latch"] = "latch=latch zero=latch",
        ["py_lazy"] = "l_const=lazy l_i32=lazy l_pending=lazy l_forced=lazy l_err=lazy",
        ["py_map"] = "m_i32_f64=map m_i64_i64=map m_i32_i32=map m_u8_u8=map",
        ["py_monitor"] = "idle=monitor locked=monitor",
        ["py_mutex"] = "free=mutex held=mutex",
        ["py_once"] = "pending=once done=once executing=once",
        ["py_pool"] = "p_i32=pool p_f64=pool p_u8=pool p_block=pool",
        ["py_queue"] = "q_i32=queue q_u8=queue q_f64=queue q_wrap=queue q_empty=queue",
        ["py_ring"] = "r_i32=ring r_f64=ring",
        ["py_rwlock"] = "idle=rwlock readers=rwlock writer=rwlock",
        ["py_semaphore"] = "sem=semaphore unbounded=semaphore binary=semaphore",
        ["py_set"] = "s_i32=set s_i64=set s_u8=set",
        ["py_signal"] = "s_i32=signal s_f64=signal",
        ["py_stack"] = "s_i32=stack s_u8=stack s_f64=stack s_empty=stack",

        // A Python stream is a ring under the bare name: the bytes say no more.
        ["py_stream"] = "temp=ring",
        ["py_table_empty"] = "",
    };

    public static TheoryData<string> Files => [.. GoldenImage.FilesOf("zeroipc")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Recognize_GoldenImage_NoKindIsWrong(string file)
    {
        SegmentDescription description = Describe(file);

        foreach (string pair in s_truth[Path.GetFileNameWithoutExtension(file)].Split(
            ' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=');
            EntryDescription entry = description.Entry(parts[0]);
            bool right = entry.Kind == parts[1] || (entry.Kind == "ambiguous" && entry.Candidates.Contains(parts[1]));
            Assert.True(right,
                $"{file}: {parts[0]} is a {parts[1]}, taken for {entry.Kind} ({string.Join(", ", entry.Candidates)})");
            Assert.NotEmpty(entry.Evidence);
        }
    }

    [Fact]
    public void Recognize_AllGoldenImages_MostKindsAreCertain()
    {
        int certain = 0;
        int ambiguous = 0;
        foreach (string file in GoldenImage.FilesOf("zeroipc"))
        {
            SegmentDescription description = Describe(file);
            certain += description.Entries.Count(entry => entry.Kind != "ambiguous");
            ambiguous += description.Entries.Count(entry => entry.Kind == "ambiguous");
        }

        // Four-word locks can not be told apart; everything else must be.
        Assert.True(certain > 4 * ambiguous, $"{certain} certain, {ambiguous} ambiguous");
    }

    [Theory]
    [InlineData("cpp_queue", "q_i32,q_u8,q_f64,q_wrap,q_empty,q_2to32", "queue")]
    [InlineData("cpp_stack", "s_i32,s_u8,s_f64,s_empty", "stack")]
    [InlineData("cpp_map", "m_i32_f64,m_i64_i64,m_i32_i32,m_f64_i32,m_p12_u32,m_u8_u8,m_full", "map")]
    [InlineData("cpp_set", "s_i32,s_i64,s_f64,s_u8", "set")]
    [InlineData("cpp_pool", "p_i32,p_f64,p_u8,p_p12", "pool")]
    [InlineData("cpp_ring", "r_i32,r_f64,r_min", "ring")]
    [InlineData("cpp_array", "temps,bytes,ints,doubles,points,longs", "array")]
    [InlineData("cpp_future", "f_ready,f_i32,f_error,f_p12", "future")]
    [InlineData("cpp_lazy", "l_const,l_const2,l_add,l_mul,l_i32,l_err,l_reset", "lazy")]
    [InlineData("cpp_signal", "s_i32,s_f64,s_p12", "signal")]
    [InlineData("cpp_event", "auto,auto_sig,man,man_sig", "event")]
    [InlineData("cpp_rwlock", "idle,readers,writer", "rwlock")]
    [InlineData("cpp_monitor", "idle,locked,waited", "monitor")]
    [InlineData("cpp_latch", "latch", "latch")]
    [InlineData("cpp_once", "done,executing", "once")]
    public void Recognize_DistinctLayout_IsCertain(string file, string entries, string kind)
    {
        SegmentDescription description = Describe(file + ".bin");

        Assert.All(entries.Split(','), entry => Assert.Equal(kind, description.Entry(entry).Kind));
    }

    [Theory]
    [InlineData("c_array", "temps", "c")]
    [InlineData("cpp_array", "temps", "cpp")]
    [InlineData("cpp_map", "m_i32_f64", "cpp")]
    [InlineData("py_map", "m_i32_f64", "python")]
    [InlineData("py_lazy", "l_const", "python")]
    [InlineData("py_channel", "buf", "python")]
    public void Recognize_KindWithSeveralLayouts_LayoutIsTold(string file, string entry, string layout) =>
        Assert.Equal(layout, Describe(file + ".bin").Entry(entry).Layout);

    [Fact]
    public void Recognize_StuckStackSlot_IsAFindingOrACandidate()
    {
        EntryDescription entry = Describe("cpp_stack.bin").Entry("s_stuck");

        Assert.Contains("stack", entry.Candidates);
    }

    private static SegmentDescription Describe(string file)
    {
        using var image = SegmentImage.FromFile(GoldenImage.PathOf("zeroipc", file));
        return SegmentInspector.Describe(image, new SegmentUsers());
    }
}
