"""Who we are and who they are: profiles, keysets, key custody, pairing, arrangements in force."""
