using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Order;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Fluxgate;

/// <summary>How benchmarks run here: in this process, so that one restore and one build are all; medians, since the machine is shared.</summary>
internal static class BenchmarkRun
{
    private const string Quick = "--quick";

    /// <summary>The arguments without ours; every benchmark unless some are asked for.</summary>
    public static string[] Filtered(string[] args)
    {
        string[] others = [.. args.Where(arg => arg is not Quick)];
        return others.Length == 0 ? ["--filter", "*"] : others;
    }

    public static IConfig Config(string[] args)
    {
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance);
        job = args.Contains(Quick, StringComparer.Ordinal)
            ? job.WithId("Quick").WithWarmupCount(2).WithIterationCount(3).WithIterationTime(TimeInterval.FromMilliseconds(100))
            : job.WithId("Full").WithWarmupCount(6).WithIterationCount(15).WithIterationTime(TimeInterval.FromMilliseconds(250));
        return ManualConfig
            .CreateEmpty()
            .AddJob(job)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddLogger(ConsoleLogger.Default)
            .AddExporter(MarkdownExporter.GitHub)
            .AddColumnProvider(DefaultColumnProviders.Descriptor, DefaultColumnProviders.Params, DefaultColumnProviders.Metrics)
            .AddColumn(StatisticColumn.Median, StatisticColumn.StdDev, BaselineRatioColumn.RatioMean, BaselineRatioColumn.RatioStdDev)
            .AddColumn(new BytesColumn())
            .WithOrderer(new DefaultOrderer(SummaryOrderPolicy.Declared))
            .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(40))
            .WithOptions(ConfigOptions.DisableOptimizationsValidator)
            .WithArtifactsPath("BenchmarkDotNet.Artifacts");
    }
}
