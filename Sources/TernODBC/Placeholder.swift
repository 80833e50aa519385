// The first file of TernODBC is on its way.
