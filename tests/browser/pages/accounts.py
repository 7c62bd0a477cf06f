"""Account plans."""

from __future__ import annotations

from tests.browser import accounts
from tests.browser.cases import PageCase

PAGES = [
    PageCase("accounts:plan_list", "rita"),
    PageCase("accounts:plan_list", "lena", accounts.listed),
    PageCase("accounts:plan_detail", "rita", accounts.plan),
    PageCase("accounts:plan_detail", "lena", accounts.plan),
    PageCase("accounts:plan_detail", "max_", accounts.plan),
    PageCase("accounts:plan_create", "rita", accounts.unplanned),
    PageCase("accounts:plan_create", "max_", accounts.unplanned),
    PageCase("accounts:plan_edit", "rita", accounts.plan),
    PageCase("accounts:part_add", "rita", accounts.part("people")),
    PageCase("accounts:part_add", "rita", accounts.part("outcomes")),
    PageCase("accounts:part_add", "rita", accounts.part("risks")),
    PageCase("accounts:part_edit", "rita", accounts.person),
    PageCase("accounts:field_cell", "rita", accounts.cell),
    PageCase("accounts:review_detail", "lena", accounts.ahead),
    PageCase("accounts:review_detail", "lena", accounts.running),
    PageCase("accounts:review_detail", "lena", accounts.running, "?tab=queue"),
    PageCase("accounts:review_detail", "lena", accounts.running, "?tab=coach"),
    PageCase("accounts:review_detail", "rita", accounts.running),
    PageCase("accounts:review_detail", "vera", accounts.running),
    PageCase("accounts:review_item", "lena", accounts.item),
    PageCase("accounts:review_changes", "lena", accounts.item),
    PageCase("accounts:review_decide", "lena", accounts.item, "?decision=escalate"),
    PageCase("accounts:review_skip", "lena", accounts.item),
    PageCase("accounts:review_add", "lena", accounts.running),
    PageCase("accounts:review_hand_over", "lena", accounts.running),
    PageCase("accounts:review_abandon", "lena", accounts.running),
    PageCase("accounts:review_finish", "lena", accounts.running),
    PageCase("accounts:review_minutes", "lena", accounts.held),
    PageCase("accounts:review_minutes", "rita", accounts.held),
    PageCase("meetings:meeting_detail", "lena", accounts.meeting),
]
