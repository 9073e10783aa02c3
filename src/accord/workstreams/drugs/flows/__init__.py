"""What the notices amount to together: flows by substance, route and month, companies, and what has no other half."""
