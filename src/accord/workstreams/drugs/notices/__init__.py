"""Pre-export notices: their clocks, what was said to them, what became of the consignments, and who is addressed."""
