namespace Plenum.ZeroIpc;

/// <summary>Something a select can wait for beside others: a channel, a stream, a future.</summary>
/// <typeparam name="T">What it gives.</typeparam>
/// <remarks>
/// <para>A structure implements this (explicitly) and offers a public method that returns
/// <c>new SelectCase&lt;T&gt;(this)</c>. Nothing else is needed.</para>
/// <para>The contract is that of every wait at a <see cref="WaitSite"/>: whoever makes <see cref="TryComplete"/>
/// succeed changes the state with a full fence and then wakes <see cref="Site"/> (one sleeper for one value; all when
/// it ends). The select announces itself at the sites of all its alternatives, looks at each once more, and sleeps on
/// all their sequences at once. A wake that it received and did not use it passes on with
/// <see cref="WaitSite.WakeOne"/>, so wakers may wake one.</para>
/// <para>All members may be called by several selects at once, so nothing about one wait is kept in the
/// structure.</para>
/// <para><see cref="IWaitWatch.Look"/> settles what the dead left in the structure; called when the select has slept
/// for 50 ms, at most every 50 ms from then on, and before it gives up.</para>
/// </remarks>
internal interface ISelectable<T> : IWaitWatch
{
    /// <summary>Where those sleep who wait for this. Always the same object.</summary>
    public WaitSite Site { get; }

    /// <summary>Whether a look for the dead tells something to this object alone; otherwise the selects of one process
    /// share a look at one site.</summary>
    public bool LooksAlone => false;

    /// <summary>Takes, gives or reads if that is possible now. Does not wait.</summary>
    /// <param name="value">What was taken; default unless completed.</param>
    public SelectState TryComplete(out T value);

    /// <summary>Before a sleep: raises counters that peers read (receivers, senders, subscribers), if there are
    /// any.</summary>
    /// <returns>The record that says so, for <see cref="Disarm"/>; null when nothing was raised.</returns>
    public OwnerRecord? Arm();

    /// <summary>After a sleep: undoes <see cref="Arm"/>.</summary>
    public void Disarm(OwnerRecord? armed);
}
