"""One small module a file format: bytes → sheets of cells with addresses; no judgement about what they mean.

`sniff` tells formats by their first bytes, `package` opens zip containers, `cells` is what all formats share.
Readers have one signature: read(data, file) -> (sheets, remarks); workbook.py calls them and tidies their rows.
"""
