"""Views of the drugs pages; each states its permission."""
