"""The command line: the node's operator, a script, and a stranger with two evidence bundles all enter here."""
