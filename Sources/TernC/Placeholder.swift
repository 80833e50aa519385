// The first file of TernC is on its way.
