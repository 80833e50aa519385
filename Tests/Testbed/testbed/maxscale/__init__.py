"""MaxScale's REST SQL resource over a real MariaDB server, in 22.08 and 24.02 dress."""
