namespace EventSettlement.Faults.World;

/// <summary>A server did not come up within its limit, which is the product's affair and not the harness's.</summary>
internal sealed class NotReadyException(string message) : Exception(message);
