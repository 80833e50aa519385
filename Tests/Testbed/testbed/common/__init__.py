"""What every stand-in shares: certificates, listeners, the fault proxy, the control endpoint, launching."""
