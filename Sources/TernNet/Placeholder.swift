// The first file of TernNet is on its way.
