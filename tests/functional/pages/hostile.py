"""Text that people should never have to type, and attackers do."""

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus=alert(1) autofocus='",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
    "</title><svg/onload=alert(1)>",
    "\u202egnp.exe",
    "' OR 1=1 --",
    "\x00\x1b[31m",
    "田中さん" * 100,
)
