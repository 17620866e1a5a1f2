"""Typed rows become numbers that know their rows."""
