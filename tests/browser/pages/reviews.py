"""Pipeline reviews."""

from __future__ import annotations

from tests.browser import reviews
from tests.browser.cases import PageCase

PAGES = [
    PageCase("reviews:review_list", "lena"),
    PageCase("reviews:review_list", "lena", reviews.listed),
    PageCase("reviews:review_list", "rita", reviews.listed),
    PageCase("reviews:review_start", "lena", lambda get: get("rita") and []),
    PageCase("reviews:review_start", "lena", lambda get: reviews.listed(get), "?q=Ost"),
    PageCase("reviews:review_detail", "lena", reviews.planned),
    PageCase("reviews:review_detail", "rita", reviews.planned),
    PageCase("reviews:review_prepare", "rita", reviews.planned),
    PageCase("reviews:review_prepare", "lena", reviews.planned),
    PageCase("reviews:review_detail", "lena", reviews.running),
    PageCase("reviews:review_detail", "lena", reviews.running, "?tab=queue"),
    PageCase("reviews:review_detail", "lena", reviews.running, "?tab=coach"),
    PageCase("reviews:review_detail", "rita", reviews.running),
    PageCase("reviews:review_detail", "vera", reviews.running),
    PageCase("reviews:review_decide", "lena", reviews.item, "?decision=coach"),
    PageCase("reviews:review_skip", "lena", reviews.item),
    PageCase("reviews:review_deal_edit", "lena", reviews.item),
    PageCase("reviews:review_milestone", "lena", reviews.item_and_milestone),
    PageCase("reviews:review_changes", "lena", reviews.item),
    PageCase("reviews:review_finish", "lena", reviews.running),
    PageCase("reviews:review_abandon", "lena", reviews.running),
    PageCase("reviews:review_hand_over", "lena", reviews.running),
    PageCase("reviews:review_add", "lena", reviews.running),
    PageCase("reviews:review_minutes", "lena", reviews.finished),
    PageCase("reviews:review_minutes", "rita", reviews.finished),
]
