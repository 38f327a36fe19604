using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework(
    "EventSettlement.IntegrationTests.Fixtures.SkippingFramework",
    "EventSettlement.IntegrationTests"
)]

namespace EventSettlement.IntegrationTests.Fixtures;

/// <summary>
/// Lets a test find out while it runs that it cannot: what ends with a <see cref="SkipException"/> is skipped with its
/// reason, which xunit 2 by itself would call failed.
/// </summary>
public sealed class SkippingFramework(IMessageSink diagnostics) : XunitTestFramework(diagnostics)
{
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) =>
        new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private sealed class Executor(AssemblyName assembly, ISourceInformationProvider source, IMessageSink diagnostics)
        : XunitTestFrameworkExecutor(assembly, source, diagnostics)
    {
        protected override void RunTestCases(
            IEnumerable<IXunitTestCase> testCases,
            IMessageSink executionMessageSink,
            ITestFrameworkExecutionOptions executionOptions
        ) => base.RunTestCases(testCases, new Skips(executionMessageSink), executionOptions);
    }

    private sealed class Skips(IMessageSink told) : LongLivedMarshalByRefObject, IMessageSink
    {
        public bool OnMessage(IMessageSinkMessage message) =>
            // A fixture's failure stands behind that of the class which needs it.
            message is ITestFailed failed
            && Array.IndexOf(failed.ExceptionTypes, typeof(SkipException).FullName) is >= 0 and var at
                ? told.OnMessage(new TestSkipped(failed.Test, failed.Messages[at].Replace("$XunitDynamicSkip$", "")))
                : told.OnMessage(message);
    }
}
