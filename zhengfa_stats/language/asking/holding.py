"""带“廉政”字样, 含有“规定”两个字: how a question says that a text holds some words."""

from __future__ import annotations

import re

HOLDS = re.compile(
    r"(?:(?:带|含|写)有?|有|包含|包括|提到|出现|写着)(?:了|着)?[“\"「『‘'](?P<quoted>[^”\"」』’']{1,20})[”\"」』’']"
    r"(?:(?:这|那)?[一二两三四五六]?个?(?:字样|字眼|字)|[二两三四]字|的字样)?"
    r"|(?:带|含)有?(?P<bare>[一-鿿]{2,8}?)(?:字样|字眼|[两三四二]个?字)"
)
