namespace Plenum.ZeroIpc;

/// <summary>Which of several alternatives a select prefers when more than one could take place.</summary>
public enum SelectOrder
{
    /// <summary>Each is as likely as the others: no alternative can starve another one.</summary>
    Fair = 0,

    /// <summary>The first in the list, then the second, and so on.</summary>
    Priority = 1,
}
