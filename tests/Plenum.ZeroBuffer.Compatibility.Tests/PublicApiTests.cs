using System.Reflection;
using Microsoft.Extensions.Logging;
using ZeroBuffer;
using ZeroBuffer.DuplexChannel;

namespace Compatibility.Tests;

/// <summary>Every member of the replaced package's public API exists with its type; the table is typed from the
/// specification.</summary>
public sealed class PublicApiTests
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static TheoryData<Type, string> Members => new()
    {
        { typeof(Reader), ".ctor(String, BufferConfig)" },
        { typeof(Reader), ".ctor(String, BufferConfig, ILogger`1[Reader])" },
        { typeof(Reader), "static Boolean WaitExists(String name, TimeSpan timeout, ILogger logger = null)" },
        { typeof(Reader), "ReadOnlySpan`1[Byte] GetMetadata()" },
        { typeof(Reader), "Frame ReadFrame(Nullable`1[TimeSpan] timeout = null)" },
        { typeof(Reader), "Boolean IsWriterConnected()" },
        { typeof(Reader), "Boolean IsWriterConnected(Int32 timeoutMs)" },
        { typeof(Reader), "String Name { get; }" },
        { typeof(Reader), "Void Dispose()" },
        { typeof(Writer), ".ctor(String)" },
        { typeof(Writer), ".ctor(String, ILogger`1[Writer])" },
        { typeof(Writer), "TimeSpan WriteTimeout { get; set; }" },
        { typeof(Writer), "Span`1[Byte] GetMetadataBuffer(Int32 size)" },
        { typeof(Writer), "Void CommitMetadata()" },
        { typeof(Writer), "Void SetMetadata(ReadOnlySpan`1[Byte] data)" },
        { typeof(Writer), "Span`1[Byte] GetFrameBuffer(Int32 size, UInt64& sequenceNumber)" },
        { typeof(Writer), "Void CommitFrame()" },
        { typeof(Writer), "Void WriteFrame(ReadOnlySpan`1[Byte] data)" },
        { typeof(Writer), "Boolean IsReaderConnected()" },
        { typeof(Writer), "String Name { get; }" },
        { typeof(Writer), "Void Dispose()" },
        { typeof(Frame), "UInt64 Sequence { get; }" },
        { typeof(Frame), "Boolean IsValid { get; }" },
        { typeof(Frame), "Int32 Size { get; }" },
        { typeof(Frame), "ReadOnlySpan`1[Byte] Span { get; }" },
        { typeof(Frame), "Byte* Pointer { get; }" },
        { typeof(Frame), "Span`1[Byte] GetMutableSpan()" },
        { typeof(Frame), "Byte[] ToArray()" },
        { typeof(Frame), "Void Dispose()" },
        { typeof(Frame), "static Frame Invalid { get; }" },
        { typeof(FrameRef), ".ctor(Byte*, Int32, UInt64)" },
        { typeof(FrameRef), "static FrameRef FromFrame(Frame frame)" },
        { typeof(FrameRef), "UInt64 Sequence { get; }" },
        { typeof(FrameRef), "Int32 Size { get; }" },
        { typeof(FrameRef), "Boolean IsValid { get; }" },
        { typeof(FrameRef), "ReadOnlySpan`1[Byte] Span { get; }" },
        { typeof(FrameRef), "Byte[] Data { get; }" },
        { typeof(FrameRef), "Byte[] ToArray()" },
        { typeof(FrameRef), "static FrameRef Invalid { get; }" },
        { typeof(FrameExtensions), "static FrameRef ToFrameRef(Frame frame)" },
        { typeof(FrameCallback), "Void Invoke(Frame& frame)" },
        { typeof(BufferConfig), ".ctor(Int32, Int32)" },
        { typeof(BufferConfig), "Int32 MetadataSize { get; set; }" },
        { typeof(BufferConfig), "Int32 PayloadSize { get; set; }" },
        { typeof(OIEB), "UInt64 CalculateUsedBytes()" },
        { typeof(OIEB), "Boolean HasSpaceFor(UInt64 frameSize)" },
        { typeof(OIEB), "static Int32 SIZE" },
        { typeof(OIEB), "UInt32 OiebSize" },
        { typeof(OIEB), "ProtocolVersion Version" },
        { typeof(OIEB), "UInt64 MetadataSize" },
        { typeof(OIEB), "UInt64 MetadataFreeBytes" },
        { typeof(OIEB), "UInt64 MetadataWrittenBytes" },
        { typeof(OIEB), "UInt64 PayloadSize" },
        { typeof(OIEB), "UInt64 PayloadFreeBytes" },
        { typeof(OIEB), "UInt64 PayloadWritePos" },
        { typeof(OIEB), "UInt64 PayloadReadPos" },
        { typeof(OIEB), "UInt64 PayloadWrittenCount" },
        { typeof(OIEB), "UInt64 PayloadReadCount" },
        { typeof(OIEB), "UInt64 WriterPid" },
        { typeof(OIEB), "UInt64 ReaderPid" },
        { typeof(FrameHeader), "UInt64 PayloadSize" },
        { typeof(FrameHeader), "UInt64 SequenceNumber" },
        { typeof(FrameHeader), "Boolean IsWrapMarker { get; }" },
        { typeof(FrameHeader), "static Int32 SIZE" },
        { typeof(ProtocolVersion), "Byte Major" },
        { typeof(ProtocolVersion), "Byte Minor" },
        { typeof(ProtocolVersion), "Byte Patch" },
        { typeof(ProtocolVersion), "Byte Reserved" },
        { typeof(ProtocolVersion), ".ctor(Byte, Byte, Byte)" },
        { typeof(ProtocolVersion), "Boolean IsCompatibleWith(ProtocolVersion other)" },
        { typeof(Constants), "static Int32 BlockAlignment" },
        { typeof(ZeroBuffer.ErrorEventArgs), "Exception Exception { get; }" },
        { typeof(ZeroBufferException), ".ctor(String)" },
        { typeof(ZeroBufferException), ".ctor(String, Exception)" },
        { typeof(BufferFullException), ".ctor()" },
        { typeof(FrameTooLargeException), ".ctor()" },
        { typeof(WriterDeadException), ".ctor()" },
        { typeof(ReaderDeadException), ".ctor()" },
        { typeof(BufferNotFoundException), ".ctor(String)" },
        { typeof(BufferNotFoundException), ".ctor(String, Boolean)" },
        { typeof(WriterAlreadyConnectedException), ".ctor()" },
        { typeof(ReaderAlreadyConnectedException), ".ctor()" },
        { typeof(IDuplexChannelFactory), "IImmutableDuplexServer CreateImmutableServer(String channelName, "
            + "BufferConfig config, Nullable`1[TimeSpan] timeout = null)" },
        { typeof(IDuplexChannelFactory), "Boolean WaitExists(String channelName, TimeSpan timeout)" },
        { typeof(IDuplexChannelFactory), "IDuplexClient CreateClient(String channelName)" },
        { typeof(DuplexChannelFactory), ".ctor(ILoggerFactory)" },
        { typeof(DuplexChannelFactory), "static Boolean WaitExists(String channelName, TimeSpan timeout, ILogger "
            + "logger = null)" },
        { typeof(IDuplexClient), "UInt64 SendRequest(Byte[] data)" },
        { typeof(IDuplexClient), "UInt64 AcquireRequestBuffer(Int32 size, Span`1[Byte]& buffer)" },
        { typeof(IDuplexClient), "Void CommitRequest()" },
        { typeof(IDuplexClient), "Frame ReceiveResponse(TimeSpan timeout)" },
        { typeof(IDuplexClient), "Boolean IsServerConnected { get; }" },
        { typeof(IDuplexClient), "Void SetMetadata(ReadOnlySpan`1[Byte] metadata)" },
        { typeof(IDuplexServer), "Void Stop()" },
        { typeof(IDuplexServer), "event EventHandler`1[ErrorEventArgs] OnError" },
        { typeof(IDuplexServer), "Boolean IsRunning { get; }" },
        { typeof(IImmutableDuplexServer), "static Boolean WaitExists(String channelName, TimeSpan timeout, ILogger "
            + "logger = null)" },
        { typeof(IImmutableDuplexServer), "Void Start(RequestHandler onFrame, Action`1[ReadOnlySpan`1[Byte]] onInit = "
            + "null, ProcessingMode mode = SingleThread)" },
        { typeof(RequestHandler), "Void Invoke(Frame request, Writer responseWriter)" },
        { typeof(ProcessingMode), "static ProcessingMode SingleThread" },
        { typeof(ProcessingMode), "static ProcessingMode ThreadPool" },
    };

    [Theory]
    [MemberData(nameof(Members))]
    public void Member_OfTheReplacedApi_Exists(Type type, string member)
    {
        string[] found = [.. type.GetMembers(Everything).Select(Describe)];

        Assert.Contains(member, found);
    }

    [Fact]
    public void Types_KindsAndBases_AreThoseOfTheReplacedApi()
    {
        Assert.True(typeof(Reader).IsSealed && typeof(Writer).IsSealed);
        Assert.True(typeof(IDisposable).IsAssignableFrom(typeof(Reader))
            && typeof(IDisposable).IsAssignableFrom(typeof(Writer)));
        Assert.True(typeof(Frame).IsByRefLike && typeof(Frame).IsValueType);
        Assert.True(typeof(FrameRef).IsClass && typeof(BufferConfig).IsClass);
        Assert.True(typeof(IDisposable).IsAssignableFrom(typeof(IDuplexServer))
            && typeof(IDisposable).IsAssignableFrom(typeof(IDuplexClient)));
        Assert.True(typeof(IDuplexServer).IsAssignableFrom(typeof(IImmutableDuplexServer)));
        Assert.True(typeof(IDuplexChannelFactory).IsAssignableFrom(typeof(DuplexChannelFactory)));
        Assert.Equal(typeof(EventArgs), typeof(ZeroBuffer.ErrorEventArgs).BaseType);
        foreach (Type exception in typeof(Reader).Assembly.GetExportedTypes().Where(t =>
            t.IsSubclassOf(typeof(Exception)) && t != typeof(ZeroBufferException)))
        {
            Assert.Equal(typeof(ZeroBufferException), exception.BaseType);
        }
    }

    [Fact]
    public void Structures_SizesAndDefaults_AreThoseOfTheFormat()
    {
        Assert.Equal(128, System.Runtime.InteropServices.Marshal.SizeOf<OIEB>());
        Assert.Equal(16, System.Runtime.InteropServices.Marshal.SizeOf<FrameHeader>());
        Assert.Equal(4, System.Runtime.InteropServices.Marshal.SizeOf<ProtocolVersion>());
        Assert.Equal(0x04, (int)System.Runtime.InteropServices.Marshal.OffsetOf<OIEB>(nameof(OIEB.Version)));
        Assert.Equal(0x28, (int)System.Runtime.InteropServices.Marshal.OffsetOf<OIEB>(nameof(OIEB.PayloadFreeBytes)));
        Assert.Equal(0x58, (int)System.Runtime.InteropServices.Marshal.OffsetOf<OIEB>(nameof(OIEB.ReaderPid)));
        Assert.Equal((1024, 1024 * 1024), (new BufferConfig().MetadataSize, new BufferConfig().PayloadSize));
        Assert.Equal((128, 16, 64), (OIEB.SIZE, FrameHeader.SIZE, Constants.BlockAlignment));
        Assert.True(new ProtocolVersion(1).IsCompatibleWith(new ProtocolVersion(1, 7, 3)));
        Assert.False(new ProtocolVersion(1).IsCompatibleWith(new ProtocolVersion(2)));
        Assert.True(default(FrameHeader).IsWrapMarker);
        var used = new OIEB { PayloadSize = 1000, PayloadReadPos = 900, PayloadWritePos = 100, PayloadFreeBytes = 800 };
        Assert.Equal(200UL, used.CalculateUsedBytes());
        Assert.True(used.HasSpaceFor(800));
        Assert.False(used.HasSpaceFor(801));
    }

    private static string Describe(MemberInfo member) => member switch
    {
        ConstructorInfo c => $".ctor({string.Join(", ", c.GetParameters().Select(p => NameOf(p.ParameterType)))})",
        PropertyInfo p => $"{Static(p.GetMethod!)}{NameOf(p.PropertyType)} {p.Name} "
            + $"{{ get; {(p.SetMethod is { IsPublic: true } ? "set; " : "")}}}",
        MethodInfo m => $"{Static(m)}{NameOf(m.ReturnType)} {m.Name}"
            + $"({string.Join(", ", m.GetParameters().Select(DescribeParameter))})",
        EventInfo e => $"event {NameOf(e.EventHandlerType!)} {e.Name}",
        FieldInfo f => $"{(f.IsStatic ? "static " : "")}{NameOf(f.FieldType)} {f.Name}",
        _ => member.Name,
    };

    private static string Static(MethodInfo method) => method.IsStatic ? "static " : "";

    private static string DescribeParameter(ParameterInfo parameter) =>
        $"{NameOf(parameter.ParameterType)} {parameter.Name}"
        + (parameter.HasDefaultValue ? $" = {DefaultOf(parameter)}" : "");

    private static string DefaultOf(ParameterInfo parameter) => parameter.DefaultValue switch
    {
        null => "null",
        _ when parameter.ParameterType.IsEnum =>
        Enum.ToObject(parameter.ParameterType, parameter.DefaultValue!).ToString()!,
        { } value => value.ToString()!,
    };

    private static string NameOf(Type type) => type switch
    {
        { IsByRef: true } => NameOf(type.GetElementType()!) + "&",
        { IsPointer: true } => NameOf(type.GetElementType()!) + "*",
        { IsArray: true } => NameOf(type.GetElementType()!) + "[]",
        { IsGenericType: true } => $"{type.Name}[{string.Join(", ", type.GetGenericArguments().Select(NameOf))}]",
        _ => type.Name,
    };
}
