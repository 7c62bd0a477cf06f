"""Products: found by name, made where a file or a deal names a new one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.imports.bulk.comparing import OURS, THEIRS
from pipeline.imports.models import NO_LINE, FileKind, ImportFile, RowAction
from pipeline.imports.registry.settling import Settling, parsed_rows
from pipeline.imports.rows.layout import Parsed
from pipeline.imports.rows.people import read_product
from pipeline.opportunities.models import Product

SAID_BY_DEALS = gettext_lazy("Named on deals, and in no file of products")


class _Products:
    """The products that are here, by name and by id in the source."""

    def __init__(self, settling: Settling) -> None:
        self.settling = settling
        self.by_name: dict[str, Product] = {}
        self.by_key: dict[str, Product] = {}
        for product in Product.objects.order_by("-pk"):
            self.know(product)

    def know(self, product: Product) -> None:
        self.by_name[product.name.casefold()] = product
        if product.external_id and product.source == self.settling.run.source:
            self.by_key[product.external_id] = product

    def find(self, name: str, key: str) -> Product | None:
        return self.by_key.get(key) or self.by_name.get(name.casefold())

    def make(self, name: str, key: str, values: dict[str, Any]) -> Product:
        product = Product(
            name=name, source=self.settling.run.source, external_id=key, **values
        )
        if self.settling.is_dry:
            product.pk = next(self.settling.ids)
        else:
            product.save()
        self.know(product)
        return product


def settle_products(settling: Settling, files: list[ImportFile]) -> dict[str, Any]:
    """Return `products`: a text to id, name and list price; null leaves it out."""
    products = _Products(settling)
    for file in files:
        if file.kind == FileKind.PRODUCTS:
            _take_file(settling, products, file)
    deals = [file for file in files if file.kind == FileKind.OPPORTUNITIES]
    found: dict[str, Any] = {}
    for text, name in settling.run.answers.get("products", {}).items():
        found[text] = _meant(settling, products, name, deals) if name else None
    return {"products": found}


def _take_file(settling: Settling, products: _Products, file: ImportFile) -> None:
    seen: dict[int, int] = {}
    for parsed in parsed_rows(file, settling, read_product):
        if parsed.problems:
            settling.say(file, FileKind.PRODUCTS, parsed, RowAction.REFUSE)
            continue
        product = products.find(parsed.values["name"], parsed.key)
        if product is None:
            product = _create(settling, products, file, parsed)
        elif product.pk in seen:
            parsed.problems.append(
                _("The same product as in row %(row)s") % {"row": seen[product.pk]}
            )
            settling.say(file, FileKind.PRODUCTS, parsed, RowAction.REFUSE)
        else:
            _change(settling, file, parsed, product)
        seen.setdefault(product.pk, parsed.line)


def _create(
    settling: Settling, products: _Products, file: ImportFile, parsed: Parsed
) -> Product:
    values = {
        "series": parsed.values["series"] or "",
        "list_price": parsed.values["list_price"],
    }
    product = products.make(parsed.values["name"], parsed.key, values)
    _remember(settling, parsed, product)
    settling.say(
        file, FileKind.PRODUCTS, parsed, RowAction.CREATE, target_id=product.pk
    )
    return product


def _change(
    settling: Settling, file: ImportFile, parsed: Parsed, product: Product
) -> None:
    """Bring in what the file changed: series and list price. Empty cells say nothing.

    What was edited here stays, as for other kinds: see bulk/comparing.py.
    """
    changes, changed = [], []
    for name in ("series", "list_price"):
        new, old = parsed.values[name], getattr(product, name)
        if new is None or new == old:
            continue
        entry = {"field": name, "old": _shown(old), "new": _shown(new)}
        entry |= settling.judge(FileKind.PRODUCTS, product.pk, entry)
        changes.append(entry)
        if entry.get("how") in (None, THEIRS):
            changed.append(name)
            setattr(product, name, new)
    if changed and not settling.is_dry:
        product.version += 1
        product.save(update_fields=[*changed, "version"])
    _remember(settling, parsed, product)
    action = RowAction.CHANGE if changed else RowAction.SAME
    if settling.is_dry and any(each.get("how") in (OURS, THEIRS) for each in changes):
        action = RowAction.CONFLICT
    settling.say(
        file,
        FileKind.PRODUCTS,
        parsed,
        action,
        target_id=product.pk,
        changes=changes,
    )


def _remember(settling: Settling, parsed: Parsed, product: Product) -> None:
    said = {name: _shown(parsed.values[name]) for name in ("series", "list_price")}
    settling.remember(FileKind.PRODUCTS, product.pk, said)


def _shown(value: object) -> str | None:
    return None if value is None else str(value)


def _meant(
    settling: Settling, products: _Products, name: str, deals: list[ImportFile]
) -> list[Any]:
    product = products.find(name, "")
    if product is None:
        product = products.make(name[:160], "", {})
        parsed = Parsed(
            NO_LINE + len(settling.rows), label=name, notes=[str(SAID_BY_DEALS)]
        )
        settling.say(
            deals[0], FileKind.PRODUCTS, parsed, RowAction.CREATE, target_id=product.pk
        )
    price: Decimal | None = product.list_price
    return [product.pk, product.name, None if price is None else str(price)]
