"""A messy workbook becomes typed rows, changes and problems."""
