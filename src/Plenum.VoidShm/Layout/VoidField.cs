namespace Plenum.VoidShm;

/// <summary>The ten fields of the header, in the documented order (spec voidshm 2.1).</summary>
public enum VoidField
{
    /// <summary><c>magic</c>.</summary>
    Magic = 0,

    /// <summary><c>version</c>.</summary>
    Version = 1,

    /// <summary><c>header_size</c>.</summary>
    HeaderSize = 2,

    /// <summary><c>channels</c>.</summary>
    Channels = 3,

    /// <summary><c>length</c>.</summary>
    Length = 4,

    /// <summary><c>epoch</c>.</summary>
    Epoch = 5,

    /// <summary><c>frame</c>.</summary>
    Frame = 6,

    /// <summary><c>owner_app</c>.</summary>
    OwnerApp = 7,

    /// <summary><c>owner_project</c>.</summary>
    OwnerProject = 8,

    /// <summary><c>owner_node</c>.</summary>
    OwnerNode = 9,
}
