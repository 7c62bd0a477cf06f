"""The currencies that an organisation may count in, by ISO 4217."""

from __future__ import annotations

# In use and with a minor unit of two digits, or none that anybody counts.
CODES = [
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "AED",
    "ARS",
    "AUD",
    "BGN",
    "BRL",
    "CAD",
    "CLP",
    "CNY",
    "COP",
    "CZK",
    "DKK",
    "EGP",
    "HKD",
    "HUF",
    "IDR",
    "ILS",
    "INR",
    "ISK",
    "JPY",
    "KES",
    "KRW",
    "KZT",
    "MAD",
    "MXN",
    "MYR",
    "NGN",
    "NOK",
    "NZD",
    "PEN",
    "PHP",
    "PKR",
    "PLN",
    "QAR",
    "RON",
    "RSD",
    "SAR",
    "SEK",
    "SGD",
    "THB",
    "TRY",
    "TWD",
    "UAH",
    "UYU",
    "VND",
    "ZAR",
]


def currency_choices() -> list[tuple[str, str]]:
    """Return the codes, the frequent ones first, as a field's choices."""
    return [(code, code) for code in CODES]
