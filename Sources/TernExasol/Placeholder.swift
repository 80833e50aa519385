// The first file of TernExasol is on its way.
