using System.Runtime.InteropServices;
using EventSettlement;
using EventSettlement.Cli;

StandardStreams.Open();

// All verbs are made before one of them listens: a server that is told to stop meanwhile would end as if killed.
// Nobody disposes of it, since a signal has a thread of its own that may outlast the verb.
var told = new CancellationTokenSource();
using var early = PosixSignalRegistration.Create(
    PosixSignal.SIGTERM,
    signal =>
    {
        signal.Cancel = true;
        told.Cancel();
    }
);
return await CommandLine.Run(
    "Settles what is owed: facts in, money out, once.",
    args,
    EveryVerb.Commands(),
    told.Token
);
