using Fluxgate;

// Published with Native AOT and trimmed, this program shows that what the compiler and the trimmer throw away is nothing that users need.
try
{
    Circuits.LiveTheirLife();
    Circuits.TakeManualCalls();
    Circuits.TakeOtherSettings();
    Rules.AreReadFromText();
    Rules.OfOnesOwnWork();
    await Pipelines.OfOneResultType();
    await Pipelines.OfAnyResultType();
    await Pipelines.TellPollysTelemetry();
    await Pipelines.TakeHintsFromResponses();
    Pipelines.ValidateTheirOptions();
    await Listeners.HearInOrder();
    await Applications.HaveNamedBreakers();
    await Applications.ReadEverySettingFromAFile();
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
