"""What the drugs workstream keeps: one module a noun."""
