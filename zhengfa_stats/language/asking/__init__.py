"""Questions in Chinese → expressions and replies, and back."""
