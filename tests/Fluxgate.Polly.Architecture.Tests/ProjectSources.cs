using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Fluxgate;

/// <summary>The sources of one project under <c>src</c>, and which file uses the types of which other one. Documentation comments do not count.</summary>
internal static class ProjectSources
{
    // As the projects have them with ImplicitUsings.
    private const string GlobalUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions Options = new(
        LanguageVersion.Latest,
        DocumentationMode.None,
        preprocessorSymbols: ["NET", "NET8_0_OR_GREATER", "NET9_0_OR_GREATER", "NET10_0_OR_GREATER", "NET10_0"]
    );

    private static readonly ConcurrentDictionary<string, IReadOnlyList<Arrow>> Known = new(StringComparer.Ordinal);

    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory
            .GetFiles(Repository.Find("src"), "*.csproj", SearchOption.AllDirectories)
            .Select(Path.GetFileNameWithoutExtension)
            .Order()!,
    ];

    /// <summary>The files of a project, by their paths below its folder.</summary>
    public static IReadOnlyList<string> FilesOf(string project)
    {
        var root = Repository.Find($"src/{project}");
        return
        [
            .. Directory
                .EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(root, file))
                .Where(file => file.Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"))
                .Order(StringComparer.Ordinal),
        ];
    }

    public static IReadOnlyList<Arrow> ArrowsOf(string project) => Known.GetOrAdd(project, Compile);

    private static IReadOnlyList<Arrow> Compile(string project)
    {
        var root = Repository.Find($"src/{project}");
        var trees = FilesOf(project)
            .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(root, file)), Options, file))
            .ToArray();
        var compilation = CSharpCompilation.Create(
            project,
            [.. trees, CSharpSyntaxTree.ParseText(GlobalUsings, Options)],
            ReferencesOf(project),
            new(OutputKind.DynamicallyLinkedLibrary)
        );
        return [.. trees.SelectMany(tree => ArrowsOf(compilation.GetSemanticModel(tree), tree)).Distinct()];
    }

    private static IEnumerable<Arrow> ArrowsOf(SemanticModel model, SyntaxTree tree)
    {
        foreach (var node in tree.GetRoot().DescendantNodes().Where(node => node is SimpleNameSyntax or BaseObjectCreationExpressionSyntax))
        {
            var symbol = model.GetSymbolInfo(node).Symbol?.OriginalDefinition;
            var type = symbol as INamedTypeSymbol ?? symbol?.ContainingType?.OriginalDefinition;
            if (type is not null && FileOf(type) is { } file && file != tree.FilePath)
            {
                yield return new(tree.FilePath, file, type.Name);
            }
        }
    }

    /// <summary>Where a type of the project is declared; of a partial one the file with its name.</summary>
    private static string? FileOf(INamedTypeSymbol type)
    {
        var files = type.DeclaringSyntaxReferences.Select(reference => reference.SyntaxTree.FilePath).ToArray();
        return files.FirstOrDefault(file => Path.GetFileNameWithoutExtension(file) == type.Name) ?? files.FirstOrDefault();
    }

    /// <summary>All that this program may load, but for the project itself.</summary>
    private static IEnumerable<MetadataReference> ReferencesOf(string project) =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(file => Path.GetFileNameWithoutExtension(file) != project)
            .Select(file => MetadataReference.CreateFromFile(file));
}
