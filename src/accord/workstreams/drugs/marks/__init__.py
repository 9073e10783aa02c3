"""What officers say of flags, how good the rules are by it, and the weights that two officers learn from it."""
