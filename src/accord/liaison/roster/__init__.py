"""The duty roster: who is on watch when, when nobody is, who is called next, and how a watch is handed over."""
