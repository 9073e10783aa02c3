"""Cases and messages: request, answer, information, clarification, delay, and the clocks that run on them."""
