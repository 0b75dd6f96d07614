"""What commissioners may see: figures in which nobody can be found; no storage, no surveys here."""
