"""Which substances are controlled, by whom, from which day: dated entries, each with its source."""
