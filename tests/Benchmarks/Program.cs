using BenchmarkDotNet.Running;
using Fluxgate;

if (args is ["--row", var row, var effort])
{
    Comparison.MeasureRow(row, effort);
    return 0;
}

if (args is ["--compare", .. var options])
{
    return Comparison.Run(options);
}

if (MachineCode.IsChild(args))
{
    MachineCode.Call();
    return 0;
}

if (args is ["--code"])
{
    return MachineCode.Check();
}

BenchmarkSwitcher.FromAssembly(typeof(Calls).Assembly).Run(BenchmarkRun.Filtered(args), BenchmarkRun.Config(args));
return 0;
