"""Postings of liaison officers: one text that both sides sign, and beside it what never leaves the sending side.

* The sending side proposes, the host accepts, asks, or declines; a change is the next text, an end is forward.
* What travels is name or function, agency, topics, languages, status, office telephone, keys. There is no field for
  home, family or clearance, and an unknown field is refused.
* The account that holds a posting ends with it, and does not come back by itself.

Source: Vienna Convention on Diplomatic Relations (1961), articles 7, 9, 10 and 41; Joint statement of 7 February 2026,
by which the two sides agreed to establish liaison officers.
"""
