"""Three systemd hosts on one machine: what scenarios are written with."""
