using FleetSample;

// The same program is the instance of the service and the demonstration that starts eight of them.
if (args is ["instance", var number, var redis, var dependency])
{
    return await Instance.RunAsync(number, redis, new(dependency));
}

if (!Arguments.TryParse(args, out var arguments, out var exitCode))
{
    return exitCode;
}

using var ended = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    ended.Cancel();
};

try
{
    return await Demonstration.RunAsync(arguments, ended.Token);
}
catch (OperationCanceledException) when (ended.IsCancellationRequested)
{
    return 0;
}
catch (InvalidOperationException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
