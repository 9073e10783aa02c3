"""Two real nodes, real kills and a bad network: what only whole processes can prove."""
