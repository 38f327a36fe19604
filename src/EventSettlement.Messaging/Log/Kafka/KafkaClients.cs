using System.Diagnostics;
using Confluent.Kafka;

namespace EventSettlement.Messaging.Log.Kafka;

/// <summary>
/// Makes every client of the cluster, so that all of them reach it in the same way. A client that cannot get to a
/// broker goes on trying, and what it was asked for ends at its limit without a reason: the last one it gave is kept.
/// </summary>
public sealed class KafkaClients
{
    // A client tries again every 10 s at the latest: what is older than some tries is over.
    private static readonly TimeSpan ReasonLasts = TimeSpan.FromSeconds(30);
    private readonly string _bootstrap;
    private readonly KafkaSecurity _security;
    private volatile Reason? _reason;

    /// <param name="bootstrap"><c>host:port</c>, several by comma.</param>
    /// <exception cref="InvalidOperationException">The security's keys do not go together.</exception>
    public KafkaClients(string bootstrap, KafkaSecurity security)
    {
        (_bootstrap, _security) = (bootstrap, security);
        if (security.FindMistakes().FirstOrDefault() is { } mistake)
            throw new InvalidOperationException($"{mistake.Key} {mistake.Problem}");
    }

    internal IAdminClient BuildAdmin() =>
        new AdminClientBuilder(Reaching(new AdminClientConfig()))
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, error) => Hear(error))
            .Build();

    internal IProducer<byte[]?, byte[]?> BuildProducer(ProducerConfig config) =>
        new ProducerBuilder<byte[]?, byte[]?>(Reaching(config))
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, error) => Hear(error))
            .Build();

    /// <param name="onRefusal">Called from the consumer's own calls when a broker turns it away.</param>
    internal ConsumerBuilder<byte[], byte[]> Consumer(ConsumerConfig config, Action<Error> onRefusal) =>
        new ConsumerBuilder<byte[], byte[]>(Reaching(config))
            .SetLogHandler((_, _) => { })
            .SetErrorHandler(
                (_, error) =>
                {
                    Hear(error);
                    if (IsRefusal(error))
                        onRefusal(error);
                }
            );

    /// <summary>Whether waiting does not help: a person must change a password, a certificate or a right.</summary>
    internal static bool IsRefusal(Error error) =>
        error.Code
            is ErrorCode.Local_Authentication
                or ErrorCode.Local_Ssl
                or ErrorCode.SaslAuthenticationFailed
                or ErrorCode.TopicAuthorizationFailed
                or ErrorCode.GroupAuthorizationFailed
                or ErrorCode.ClusterAuthorizationFailed;

    /// <summary>Whether it is this topic that is refused: others may be taken.</summary>
    internal static bool IsOfTopic(Error error) =>
        error.Code
            is ErrorCode.Local_UnknownTopic
                or ErrorCode.Local_UnknownPartition
                or ErrorCode.UnknownTopicOrPart
                or ErrorCode.TopicException
                or ErrorCode.TopicAuthorizationFailed
                or ErrorCode.PolicyViolation
                or ErrorCode.NotEnoughReplicas
                or ErrorCode.NotEnoughReplicasAfterAppend;

    /// <summary>The failure itself, or with the reason why no broker was reached, in the broker's words.</summary>
    internal KafkaException Explain(KafkaException failure) =>
        failure.Error.Code
            is ErrorCode.Local_Transport
                or ErrorCode.Local_AllBrokersDown
                or ErrorCode.Local_TimedOut
                or ErrorCode.Local_MsgTimedOut
        && _reason is { IsFresh: true } reason
            ? new KafkaException(reason.Error, failure)
            : failure;

    internal async Task<T> Ask<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (KafkaException failure) when (Explain(failure) is var explained && explained != failure)
        {
            throw explained;
        }
    }

    private T Reaching<T>(T config)
        where T : ClientConfig
    {
        config.BootstrapServers = _bootstrap;
        config.Set("security.protocol", _security.Protocol);
        if (_security.Mechanism is { } mechanism)
            config.Set("sasl.mechanism", mechanism);
        config.SaslUsername = _security.User;
        config.SaslPassword = _security.Password;
        config.SslCaLocation = _security.CaFile;
        config.SslCertificateLocation = _security.CertificateFile;
        config.SslKeyLocation = _security.KeyFile;
        config.SslKeyPassword = _security.KeyPassword;
        return config;
    }

    private void Hear(Error error)
    {
        // A refusal says more than the broken connections around it.
        var isKnown = _reason is { IsFresh: true } reason && IsRefusal(reason.Error) && !IsRefusal(error);
        if (error.Code != ErrorCode.Local_AllBrokersDown && !isKnown)
            _reason = new Reason(error, Stopwatch.GetTimestamp());
    }

    private sealed record Reason(Error Error, long At)
    {
        public bool IsFresh => Stopwatch.GetElapsedTime(At) < ReasonLasts;
    }
}
