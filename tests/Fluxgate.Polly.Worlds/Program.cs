using Fluxgate.Worlds;

return new CommandLine().Run(args);
