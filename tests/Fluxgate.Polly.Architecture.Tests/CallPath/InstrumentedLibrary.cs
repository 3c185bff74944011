using System.Reflection;
using System.Runtime.Loader;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Fluxgate;

/// <summary>A copy of <c>Fluxgate.Polly</c> in which each method first reports its file to <see cref="EnteredFiles"/>.</summary>
/// <remarks>The context also loads this test assembly again, so that a method of it can use the copy like any library.</remarks>
internal sealed class InstrumentedLibrary : AssemblyLoadContext
{
    private const string Library = "Fluxgate.Polly";

    private readonly MemoryStream _library = Instrument(typeof(FluxgateBreaker).Assembly.Location);

    /// <summary>Calls a public static method of this test assembly in the context.</summary>
    public T Run<T>(Func<T> method) =>
        (T)
            LoadFromAssemblyPath(method.Method.DeclaringType!.Assembly.Location)
                .GetType(method.Method.DeclaringType.FullName!, throwOnError: true)!
                .GetMethod(method.Method.Name)!
                .Invoke(null, null)!;

    protected override Assembly? Load(AssemblyName assemblyName) => assemblyName.Name == Library ? LoadFromStream(_library) : null;

    private static MemoryStream Instrument(string path)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(path, new() { ReadSymbols = true });
        var module = assembly.MainModule;
        var enter = module.ImportReference(typeof(EnteredFiles).GetMethod(nameof(EnteredFiles.Enter)));
        foreach (var method in module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody))
        {
            if (FileOf(method) is { } file)
            {
                var first = method.Body.Instructions[0];
                var body = method.Body.GetILProcessor();
                body.InsertBefore(first, body.Create(OpCodes.Ldstr, file));
                body.InsertBefore(first, body.Create(OpCodes.Call, enter));
            }
        }

        var instrumented = new MemoryStream();
        assembly.Write(instrumented);
        instrumented.Position = 0;
        return instrumented;
    }

    /// <summary>Returns the file of a method without folder and ending; <see langword="null"/> if the method is generated.</summary>
    private static string? FileOf(MethodDefinition method)
    {
        var path = method.DebugInformation.SequencePoints.FirstOrDefault()?.Document.Url.Replace('\\', '/');
        return
            path is not null
            && path.Contains($"/src/{Library}/", StringComparison.Ordinal)
            && !path.Contains("/obj/", StringComparison.Ordinal)
            ? Path.GetFileNameWithoutExtension(path)
            : null;
    }
}
