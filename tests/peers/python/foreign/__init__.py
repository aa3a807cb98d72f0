"""Independent peers of the three shared-memory protocols, written from their byte-level descriptions."""
