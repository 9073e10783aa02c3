"""Other systems, measured beside Accord in the same run where that is cheap, and cited where it is not."""
