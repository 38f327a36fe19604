using EventSettlement.Messaging.Log;

namespace EventSettlement.Runs;

/// <summary>Wakes those who plan and end runs when one was made, in whichever process.</summary>
public sealed class RunSignal(Wakeup wakeup)
{
    private const string Signal = "runs";

    public void Raise() => wakeup.Wake([Signal]);

    public Wakeup.Subscription Subscribe() => wakeup.Subscribe([Signal]);
}
