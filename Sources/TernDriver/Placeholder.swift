// The first file of TernDriver is on its way.
