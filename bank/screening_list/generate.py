"""Write `entries.csv`: an INVENTED screening list, the same on every machine.

Run as `python -m bank.screening_list.generate`. No list that may be redistributed exists, so names, birth dates and
numbers are drawn from syllables by a fixed random seed; a likeness to a real person or firm is chance. The parts of
Chinese given names are deliberately unusual, so that ordinary applicants rarely hit. One entry, 张伟, is ordinary:
for demonstrations and training.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

from pypinyin import lazy_pinyin

SEED = 20261101
PERSONS, FOREIGN_PERSONS, ENTITIES = 1400, 400, 400
COLUMNS = (
    "id", "kind", "name", "aliases", "date_of_birth", "id_number", "nationality", "list_name", "category", "note",
)  # fmt: skip
NOTE = "invented"

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎"
_TRADITIONAL = str.maketrans(
    "赵钱孙郑冯陈卫蒋韩杨许吕严华魏谢邹窦云苏骁骥鸾铖镡锷闾颢",
    "趙錢孫鄭馮陳衛蔣韓楊許呂嚴華魏謝鄒竇雲蘇驍驥鸞鋮鐔鍔閭顥",
)
_FIRST = "骁骥鸾铖镡锷闾颢夔猷翀翙芈茕荇莒菀葳蕤瞻睿瞾矍砺碣祚禛稷穹箴"
_SECOND = "彧忞怀恺悫戬扆旼昉昶晁晟暄朴杲枢柷桓梃楫榘毓沅泓洺浚涣淳湜澍"
_ONSETS = (
    "Bar",
    "Cor",
    "Dov",
    "Fen",
    "Gal",
    "Har",
    "Ilv",
    "Jor",
    "Kel",
    "Lom",
    "Mar",
    "Nev",
    "Orr",
    "Pav",
    "Rud",
    "Sev",
)
_MIDDLES = ("a", "e", "i", "o", "u", "ane", "eni", "oru", "ila", "usa")
_ENDS = ("dinsk", "kov", "lard", "mund", "nash", "rello", "stane", "tarov", "vick", "zhano")
_PLACES = "云澜溪岚霖峪浔泽"
_WORDS = "骥衡稷恒穹宏翀远昶达泓盛砺锋"
_TRADES = (
    ("贸易", "Trading"), ("航运", "Shipping"), ("矿业", "Mining"), ("能源", "Energy"), ("科技", "Technology"),
)  # fmt: skip
_COUNTRIES = ("CN", "HK", "KP", "IR", "MM", "SY", "YE", "VE", "LB")
_LISTS = (("模拟制裁名单 A", "sanction"), ("模拟制裁名单 B", "sanction"), ("模拟政要名单", "pep"))


def rows(seed: int = SEED) -> Iterator[dict[str, str]]:
    """Every row of the list, in order."""
    source = random.Random(seed)  # noqa: S311  invented data, not a secret
    seen: set[str] = set()
    yield _row(
        0, source, kind="person", name="张伟", aliases=["張偉", "ZHANG Wei"], born="1970-01-01", listed=_LISTS[0]
    )
    made = 1
    for draw, count in ((_chinese, PERSONS), (_foreign, FOREIGN_PERSONS), (_entity, ENTITIES)):
        done = 0
        while done < count:
            kind, name, aliases = draw(source)
            if name not in seen:
                seen.add(name)
                born = _birth(source) if kind == "person" else ""
                yield _row(made, source, kind=kind, name=name, aliases=aliases, born=born, listed=source.choice(_LISTS))
                done, made = done + 1, made + 1


def _row(
    number: int,
    source: random.Random,
    *,
    kind: str,
    name: str,
    aliases: list[str],
    born: str,
    listed: tuple[str, str],
) -> dict[str, str]:
    return {
        "id": f"INV-{number:05d}",
        "kind": kind,
        "name": name,
        "aliases": "|".join(aliases),
        "date_of_birth": born,
        "id_number": f"INV{source.randrange(10**8):08d}" if source.random() < 0.4 else "",  # no real document looks so
        "nationality": source.choice(_COUNTRIES),
        "list_name": listed[0],
        "category": listed[1] if kind == "person" else "sanction",
        "note": NOTE,
    }


def _chinese(source: random.Random) -> tuple[str, str, list[str]]:
    surname, given = source.choice(_SURNAMES), source.choice(_FIRST) + source.choice(_SECOND)
    traditional = (surname + given).translate(_TRADITIONAL)
    family, *rest = lazy_pinyin(surname + given, v_to_u=False)
    aliases = [f"{family.upper()} {''.join(rest).capitalize()}"]
    if traditional != surname + given:
        aliases.append(traditional)
    if source.random() < 0.3:
        aliases.append(surname + source.choice(_SECOND) + source.choice(_FIRST))
    return "person", surname + given, aliases


def _foreign(source: random.Random) -> tuple[str, str, list[str]]:
    given = source.choice(_ONSETS) + source.choice(_MIDDLES) + source.choice("nrslm")
    family = source.choice(_ONSETS) + source.choice(_MIDDLES) + source.choice(_ENDS)
    return "person", f"{given} {family}", [f"{family.upper()}, {given}", f"{given[0]}. {family}"]


def _entity(source: random.Random) -> tuple[str, str, list[str]]:
    place = "".join(source.sample(_PLACES, 2))
    word = "".join(source.sample(_WORDS, 2))
    trade, trade_en = source.choice(_TRADES)
    latin = "".join(lazy_pinyin(place)).capitalize() + " " + "".join(lazy_pinyin(word)).capitalize()
    return "entity", f"{place}{word}{trade}有限公司", [f"{latin} {trade_en} Co., Ltd."]


def _birth(source: random.Random) -> str:
    return (dt.date(1940, 1, 1) + dt.timedelta(days=source.randrange(60 * 365))).isoformat()


def write(path: Path) -> None:
    """Write the list as CSV, UTF-8, one line an entry."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows())


if __name__ == "__main__":
    write(Path(__file__).with_name("entries.csv"))
