// The first file of Tern is on its way.
