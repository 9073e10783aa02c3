"""What is measured of precursors: definitions in words, and the sources that read the rows of notices and incidents."""
