using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace ReleaseGate.Documentation;

/// <summary>What others can use of an assembly, as text: one line a type or member, sorted, so that a change shows as a diff.</summary>
internal sealed class PublicApi
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(char)] = "char", [typeof(short)] = "short", [typeof(ushort)] = "ushort",
        [typeof(int)] = "int", [typeof(uint)] = "uint", [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(float)] = "float", [typeof(double)] = "double", [typeof(decimal)] = "decimal",
        [typeof(string)] = "string", [typeof(object)] = "object", [typeof(nint)] = "nint", [typeof(nuint)] = "nuint",
    };

    private readonly NullabilityInfoContext _nullability = new();

    public static string Of(Assembly assembly)
    {
        var api = new PublicApi();
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(api.Header(type)).Append('\n');
            foreach (var line in api.Members(type).Distinct().Order(StringComparer.Ordinal)) text.Append("  ").Append(line).Append('\n');
        }

        return text.ToString();
    }

    private string Header(Type type)
    {
        var name = type.Namespace + "." + Name(type);
        if (type.IsEnum) return $"enum {name} : {Name(Enum.GetUnderlyingType(type))}";
        if (type.IsSubclassOf(typeof(Delegate))) return $"delegate {name} = {Signature(type.GetMethod("Invoke")!, "")}";
        var bases = new List<string>();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType)) bases.Add(Name(parent));
        // Of records the compiler writes IEquatable; IsRecord says it.
        bases.AddRange(type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).Where(i => i.IsPublic && !(IsRecord(type) && i.Name == "IEquatable`1")).Select(Name).Order(StringComparer.Ordinal));
        return $"{Kind(type)} {name}{(bases.Count > 0 ? " : " + string.Join(", ", bases) : "")}";
    }

    private static string Kind(Type type)
    {
        if (type.IsInterface) return "interface";
        var word = IsRecord(type) ? type.IsValueType ? "record struct" : "record" : type.IsValueType ? type.IsByRefLike ? "ref struct" : "struct" : "class";
        if (type.IsValueType) return type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " + word : word;
        return (type.IsAbstract && type.IsSealed ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "") + word;
    }

    private static bool IsRecord(Type type) => type.GetMethod("PrintMembers", All) is { } print && print.IsDefined(typeof(CompilerGeneratedAttribute));

    private IEnumerable<string> Members(Type type)
    {
        if (type.IsSubclassOf(typeof(Delegate))) yield break;
        foreach (var field in type.GetFields(All).Where(f => f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly))
        {
            if (field.Name == "value__") continue;
            if (type.IsEnum) yield return string.Create(CultureInfo.InvariantCulture, $"{field.Name} = {field.GetRawConstantValue()}");
            else yield return $"{(field.IsFamily ? "protected " : "")}{(field.IsLiteral ? "const " : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : ""))}{Name(field.FieldType, _nullability.Create(field))} {field.Name}{(field.IsLiteral ? " = " + Value(field.GetRawConstantValue()) : "")}";
        }

        foreach (var constructor in type.GetConstructors(All).Where(c => IsSeen(c) && !c.IsDefined(typeof(CompilerGeneratedAttribute)) && !c.IsStatic))
            yield return $"{Access(constructor)}new({Parameters(constructor)})";
        foreach (var property in type.GetProperties(All).Where(p => p.GetAccessors(nonPublic: true).Any(IsSeen) && !p.IsDefined(typeof(CompilerGeneratedAttribute))))
        {
            var accessors = property.GetAccessors(nonPublic: true).Where(IsSeen).ToArray();
            var words = accessors.Select(a => (a.IsFamily && !accessors[0].IsFamily ? "protected " : "") + (a == property.GetMethod ? "get" : a.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init" : "set"));
            var index = property.GetIndexParameters() is { Length: > 0 } ? $"[{Parameters(accessors[0])}]" : "";
            yield return $"{Access(accessors[0])}{(property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "")}{Name(property.PropertyType, _nullability.Create(property))} {property.Name}{index} {{ {string.Join("; ", words)}; }}";
        }

        foreach (var @event in type.GetEvents(All).Where(e => IsSeen(e.AddMethod!))) yield return $"event {Name(@event.EventHandlerType!)} {@event.Name}";
        foreach (var method in type.GetMethods(All).Where(IsSeen))
        {
            if (method.IsDefined(typeof(CompilerGeneratedAttribute)) || (method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal))) continue;
            var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";
            yield return Access(method) + Signature(method, method.Name + generic);
        }
    }

    private static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Access(MethodBase method)
    {
        var access = method.IsPublic ? "" : "protected ";
        if (method.IsStatic) return access + "static ";
        if (method.IsConstructor || method.DeclaringType!.IsInterface) return access;
        if (method.IsAbstract) return access + "abstract ";
        var isNew = method is not MethodInfo info || info.GetBaseDefinition() == info;
        return access + (isNew ? method.IsVirtual && !method.IsFinal ? "virtual " : "" : method.IsFinal ? "sealed override " : "override ");
    }

    private string Signature(MethodInfo method, string name) => $"{Name(method.ReturnType, _nullability.Create(method.ReturnParameter))} {name}({Parameters(method)})".Replace(" (", "(", StringComparison.Ordinal);

    private string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
    {
        var way = parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? parameter.IsIn ? "in " : "ref " : parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.CustomAttributes.Any(a => a.AttributeType.Name == "ParamCollectionAttribute") ? "params " : "";
        return $"{way}{Name(parameter.ParameterType, _nullability.Create(parameter))} {parameter.Name}{(parameter.HasDefaultValue ? " = " + Value(parameter.DefaultValue) : "")}";
    }));

    private static string Value(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Name(Type type) => Name(type, null);

    private static string Name(Type type, NullabilityInfo? info)
    {
        if (type.IsByRef) return Name(type.GetElementType()!, info);
        // Of a type parameter without a constraint reflection says that it may be null.
        if (type.IsGenericParameter) return type.Name;
        var mark = info?.ReadState == NullabilityState.Nullable || info?.WriteState == NullabilityState.Nullable ? "?" : "";
        if (Nullable.GetUnderlyingType(type) is { } value) return Name(value) + "?";
        if (type.IsArray) return $"{Name(type.GetElementType()!, info?.ElementType)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        if (type.IsValueType && !type.IsGenericType) mark = "";
        if (Keywords.TryGetValue(type, out var keyword)) return keyword + mark;
        var name = type.IsNested ? Name(type.DeclaringType!) + "." + type.Name : type.Name;
        if (!type.IsGenericType) return name + mark;
        var tick = name.LastIndexOf('`');
        if (tick < 0) return name + mark;
        var arguments = type.GetGenericArguments().Select((argument, i) => Name(argument, info is not null && i < info.GenericTypeArguments.Length ? info.GenericTypeArguments[i] : null));
        return $"{name[..tick]}<{string.Join(", ", arguments)}>{(type.IsValueType ? "" : mark)}";
    }
}
