"""The directory of competent authorities by function, and test calls that show whether anybody answers.

Each side keeps its entries and publishes them as one numbered message, which replaces the one before it. A test call
asks a function of the other side to answer with one act; when it reached their node and when a person answered are
both kept.

Source: workstreams, section 6; Convention of 1988, article 17(7) (authorities designated and made known to the other
parties) as a model.
"""
