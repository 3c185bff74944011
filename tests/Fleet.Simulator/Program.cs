using System.Text;
using Fluxgate.Report;

Console.OutputEncoding = Encoding.UTF8;
return new CommandLine(Console.Out, Console.Error, isTerminal: !Console.IsOutputRedirected).Run(args);
