"""How long the workstream keeps what it keeps by itself, what is due, and the round that erases it."""
