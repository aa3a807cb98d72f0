using System.Globalization;
using System.Reflection;
using Plenum.TestSupport;

namespace Plenum.Tidy.Tests;

/// <summary>The public surface of each package as text (api/PACKAGE.txt), so that a change of it is seen in
/// review.</summary>
public sealed class PublicApiTests
{
    public static TheoryData<string> Packages =>
        [.. DependencyTests.ProjectNames().Where(project => project != "Plenum.Cli" && project != "Plenum.Dashboard")];

    [Theory]
    [MemberData(nameof(Packages))]
    public void Package_PublicSurface_EqualsItsSnapshot(string package)
    {
        string path = Repository.PathOf("api", package + ".txt");
        string actual = Surface(Assembly.LoadFrom(DependencyTests.AssemblyPath(package)));
        if (Environment.GetEnvironmentVariable("PLENUM_UPDATE_API") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        string expected = File.Exists(path) ? File.ReadAllText(path) : string.Empty;
        string[] before = expected.Split('\n'), now = actual.Split('\n');
        Assert.True(
            expected == actual,
            $"The public surface of {package} differs from api/{package}.txt. If the change is meant, write it with "
            + "PLENUM_UPDATE_API=1 "
            + $"and commit "
            + $"it.\nadded:\n{string.Join('\n', now.Except(before))}\n"
            + $"removed:\n{string.Join('\n', before.Except(now))}");
    }

    private static string Surface(Assembly assembly)
    {
        List<string> lines = [];
        foreach (Type type in assembly.GetExportedTypes())
        {
            lines.Add($"{Kind(type)} {Name(type)}{Bases(type)}");
            const BindingFlags own =
                BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
                | BindingFlags.DeclaredOnly;
            lines.AddRange(type.GetMembers(own).Select(member => Line(type, member)).OfType<string>());
        }

        return string.Join('\n', lines.Order(StringComparer.Ordinal)) + "\n";
    }

    private static string? Line(Type type, MemberInfo member) => member switch
    {
        ConstructorInfo { IsStatic: false } c when IsVisible(c) => $"{Name(type)}.new({Parameters(c)})",
        MethodInfo m when IsVisible(m) && !(m.IsSpecialName && !m.Name.StartsWith("op_", StringComparison.Ordinal)) =>
            $"{Name(type)}.{m.Name}{Generic(m)}({Parameters(m)}) : {Name(m.ReturnType)}"
            + (m.IsStatic ? " static" : string.Empty),
        PropertyInfo p when Accessors(p) is { Length: > 0 } accessors =>
            $"{Name(type)}.{p.Name}{Index(p)} {{ {accessors}}} : {Name(p.PropertyType)}",
        FieldInfo f when f.IsPublic && !f.IsSpecialName =>
            $"{Name(type)}.{f.Name} : {Name(f.FieldType)}{(f.IsLiteral ? " = " + Literal(f) : string.Empty)}",
        EventInfo e when e.AddMethod is { } add && IsVisible(add) => $"{Name(type)}.{e.Name} event "
            + $"{Name(e.EventHandlerType!)}",
        _ => null,
    };

    private static string Literal(FieldInfo field) =>
        Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture) ?? "null";

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Accessors(PropertyInfo property)
    {
        string text = string.Empty;
        text += property.GetMethod is { } get && IsVisible(get) ? "get; " : string.Empty;
        if (property.SetMethod is { } set && IsVisible(set))
        {
            bool isInit = set.ReturnParameter.GetRequiredCustomModifiers().Any(m => m.Name == "IsExternalInit");
            text += isInit ? "init; " : "set; ";
        }

        return text;
    }

    private static string Index(PropertyInfo property) => property.GetIndexParameters() is { Length: > 0 } index
        ? $"[{string.Join(", ", index.Select(p => Name(p.ParameterType)))}]"
        : string.Empty;

    private static string Generic(MethodInfo method) => method.IsGenericMethodDefinition
        ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>"
        : string.Empty;

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p =>
    {
        string direction = p.IsOut ? "out " : p.ParameterType.IsByRef ? "ref " : string.Empty;
        string otherwise = p.HasDefaultValue ? " = ?" : string.Empty;
        return $"{direction}{Name(p.ParameterType)} {p.Name}{otherwise}";
    }));

    private static string Kind(Type type) => type.IsEnum ? "enum"
        : type.IsInterface ? "interface"
        : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
        : type.IsValueType ? "struct"
        : type.IsAbstract && type.IsSealed ? "static class"
        : type.IsAbstract ? "abstract class"
        : type.IsSealed ? "sealed class" : "class";

    private static string Bases(Type type)
    {
        IEnumerable<string> bases = type.IsEnum ? [Name(Enum.GetUnderlyingType(type))]
            : (type.BaseType is { } b && b != typeof(object) && b != typeof(ValueType) ? new[] { Name(b) } : [])
                .Concat(type.GetInterfaces().Where(i => i.IsPublic).Select(Name).Order(StringComparer.Ordinal));
        string text = string.Join(", ", bases);
        return text.Length == 0 ? string.Empty : " : " + text;
    }

    private static string Name(Type type)
    {
        if (type.IsByRef || type.IsArray || type.IsPointer)
        {
            return Name(type.GetElementType()!) + (type.IsArray ? "[]" : type.IsPointer ? "*" : string.Empty);
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        string name = type.FullName is { } full ? full.Split('[')[0] : $"{type.Namespace}.{type.Name}";
        name = name.StartsWith("System.", StringComparison.Ordinal) ? name[(name.LastIndexOf('.') + 1)..] : name;
        if (!type.IsGenericType)
        {
            return name;
        }

        string arguments = string.Join(", ", type.GetGenericArguments().Select(Name));
        return name.Split('`')[0] + $"<{arguments}>" + (name.Contains('+', StringComparison.Ordinal)
            ? name[name.IndexOf('+', StringComparison.Ordinal)..] : string.Empty);
    }
}
