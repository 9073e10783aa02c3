"""Who may act: officers, their roles and permissions, the accounts of systems, and the list of acts."""
