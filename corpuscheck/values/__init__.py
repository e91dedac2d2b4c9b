"""Values: how objects show themselves, are packed, checked and become JSON."""
