"""A bare name means the item called so; the shared part of several names means none of them alone."""

from __future__ import annotations

import pytest

from knowledge.catalogue import Catalogue
from knowledge.search.plain import PlainNames


@pytest.fixture(scope="module")
def guides() -> Catalogue:
    from assistant.foundation.settings import Settings

    return Catalogue.load(Settings().guides_dir)


@pytest.mark.parametrize(("text", "code"), [
    ("居住证要多少钱", "residence-permit"), ("居住证去哪办", "residence-permit"), ("請問居住證要多久", "residence-permit"),
    ("护照多少钱", "passport"), ("食品证多久", "food-permit-new"), ("弄食品证要花多少钱", "food-permit-new"),
    ("公司注销分别要多久", "enterprise-deregistration"), ("居住证签注怎么办", "residence-permit-endorsement"),
    ("身份证去哪办", None), ("驾照怎么办", None), ("公积金怎么取", None), ("居住证丢了怎么办", None), ("居住证卡包哪里买", None), ("多少钱", None),
])  # fmt: skip
def test_the_one_called_so(text: str, code: str | None, guides: Catalogue) -> None:
    number = PlainNames(guides.all()).of(text)
    assert (guides.all()[number].code if number is not None else None) == code


@pytest.mark.parametrize(("text", "codes"), [
    ("身份证去哪办", {"id-card-renewal", "id-card-reissue"}),
    ("驾照怎么办", {"driving-licence-renewal", "driving-licence-reissue"}),
    ("公积金", {"fund-rent", "fund-purchase", "fund-leaving", "fund-transfer"}),
    ("身份证丢了怎么办", set()), ("今天天气怎么样", set()), ("多少钱", set()),
])  # fmt: skip
def test_the_family_that_shares_it(text: str, codes: set[str], guides: Catalogue) -> None:
    assert {guides.all()[number].code for number in PlainNames(guides.all()).family(text)} == codes
