namespace Plenum.Cli.Commands.Recording;

/// <summary>What one look at a source gave.</summary>
internal enum SourceStep
{
    /// <summary>Nothing within the time.</summary>
    Nothing,

    /// <summary>An item was taken and recorded, or dropped and counted.</summary>
    Taken,

    /// <summary>The source ended; nothing follows.</summary>
    Closed,

    /// <summary>The source's writer died; nothing follows.</summary>
    Died,
}
