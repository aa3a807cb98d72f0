namespace Plenum.ZeroIpc;

/// <summary>The owner records of one table that whoever runs on one page of stack uses: see
/// <see cref="Platform.StackPage"/>.</summary>
/// <remarks>An entry is given to the first page that asks for it and stays with that page, because a record must not
/// pass from one running thread to another. A page without an entry uses its thread's records.</remarks>
internal struct PageRecords
{
    /// <summary>The page; 0 while free.</summary>
    internal nuint Page;

    /// <summary>See <see cref="ThreadRecords.Step"/>.</summary>
    internal OwnerRecord? Step;

    /// <summary>See <see cref="ThreadRecords.First"/>.</summary>
    internal OwnerRecord? Lock;
}
