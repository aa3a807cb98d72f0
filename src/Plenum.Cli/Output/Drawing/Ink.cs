namespace Plenum.Cli.Output.Drawing;

/// <summary>How a cell of the screen looks.</summary>
internal enum Ink : byte
{
    Plain = 0,
    Bold = 1,
    Faint = 2,
    Reverse = 3,
    Green = 4,
    Yellow = 5,
    Red = 6,
    Cyan = 7,
    Magenta = 8,
    Blue = 9,
}
