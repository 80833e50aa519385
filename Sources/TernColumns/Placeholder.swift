// The first file of TernColumns is on its way.
