using Fluxgate;

// Published with Native AOT and trimmed, this program checks that everything that users need is preserved.
try
{
    Circuits.GoThroughAllStates();
    Circuits.AcceptManualCalls();
    Circuits.AcceptReconfiguration();
    Rules.AreReadFromText();
    Rules.CanBeCustom();
    await Pipelines.OfOneResultType();
    await Pipelines.OfAnyResultType();
    await Pipelines.ReportToTelemetry();
    await Pipelines.TakeHintsFromResponses();
    Pipelines.ValidateTheirOptions();
    await Listeners.ReceiveInOrder();
    await Applications.HaveNamedBreakers();
    await Applications.ReadEverySettingFromAFile();
    await HttpClients.HaveAStandardHandler();
    await HttpClients.ReplaceTheHandlerOfTheDefaults();
    await HttpClients.ReportInvalidSettings();
    await GrpcClients.PassTheirBreaker();
    await Fleets.ObeyADirective();
    Converters.ReadText();
    Applications.AreMeasured();
    Console.WriteLine($"OK: {Check.Passed} checks passed.");
    return 0;
}
catch (Exception error)
{
    Console.Error.WriteLine(error);
    return 1;
}
