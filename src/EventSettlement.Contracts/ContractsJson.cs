using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventSettlement.Contracts;

/// <summary>The wire form of the contracts: camelCase, nulls left out, compiled serializers.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(SettlementRequested))]
[JsonSerializable(typeof(PartAnswered))]
[JsonSerializable(typeof(PartCorrected))]
[JsonSerializable(typeof(PayoutDue))]
[JsonSerializable(typeof(RetrySettlement))]
[JsonSerializable(typeof(CancelSettlement))]
[JsonSerializable(typeof(HoldSettlement))]
[JsonSerializable(typeof(ReleaseSettlement))]
[JsonSerializable(typeof(CancelItemsAnswered))]
[JsonSerializable(typeof(PayPart))]
[JsonSerializable(typeof(CancelItems))]
[JsonSerializable(typeof(SettlementEvent))]
public sealed partial class ContractsJson : JsonSerializerContext;
