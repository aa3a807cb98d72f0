using System.Diagnostics.CodeAnalysis;

[assembly: CLSCompliant(false)]

// The names and shapes of this assembly are those of the package it replaces.
[assembly: SuppressMessage("Design", "CA1045:Do not pass types by reference", Justification = "The replaced API.")]
[assembly: SuppressMessage("Design", "CA1021:Avoid out parameters", Justification = "The replaced API.")]
[assembly: SuppressMessage("Design", "CA1051:Do not declare visible instance fields", Justification = "The replaced "
    + "API.")]
[assembly: SuppressMessage("Design", "CA1024:Use properties where appropriate", Justification = "The replaced API.")]
[assembly: SuppressMessage("Naming", "CA1707:Identifiers should not contain underscores",
    Justification = "The replaced API.")]
[assembly: SuppressMessage("Naming", "CA1708:Identifiers should differ by more than case",
    Justification = "The replaced API.")]
[assembly: SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "The replaced "
    + "API.")]
[assembly: SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "The replaced "
    + "API.")]
[assembly: SuppressMessage("Usage", "CA2211:Non-constant fields should not be visible", Justification = "The replaced "
    + "API.")]
[assembly: SuppressMessage("Design", "CA1003:Use generic event handler instances", Justification = "The replaced API.")]
