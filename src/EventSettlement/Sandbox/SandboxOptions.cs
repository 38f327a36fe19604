namespace EventSettlement.Sandbox;

/// <summary>What the sandbox is started with.</summary>
/// <param name="Journal">File that holds every credit.</param>
internal sealed record SandboxOptions(string Urls, string Journal, Faults Faults);
