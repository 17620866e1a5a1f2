"""Texts → the places that cite a number, and what each cites."""
