"""A text as numbers: codes of its characters, and how often signs and words stand before an offset."""

import zlib
from collections.abc import Iterator
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clusteratlas.policy.codes import Flags, Ints, among, folded_codes_of
from clusteratlas.policy.lookup import Lookup

# Words of two characters between a unit and a group, or around a group, by what they say.
_SAYS: Final = (
    "重点 主要 着力 优先 突出",
    "主导 主攻 为主 支柱 首位 特色 核心 龙头",
    "发展 壮大 做强 做大 做优 培育",
    "打造 建设 建成 形成 构建",
    "承接 承载 布局 集聚 集中 落户",
    "聚焦 围绕 瞄准 侧重 定位",
    "依托 利用 借助 发挥",
    "配套 协同 联动 支撑 辐射 两翼",
    "推动 推进 支持 促进 引导 鼓励 加快",
    "企业 公司 集团 项目 投资 开工",
    "现有 已有 目前 拥有 已建 形成 实现 完成 增长 同比 达到 去年 累计",
    "亿元 万吨 产值 增加 占全 平方 公里",
    "负责 牵头 配合 责任",
    "不再 禁止 退出 淘汰 严禁 限制 不得",
)


def hash_of(word: str) -> int:
    """Return the number that stands for a word, the same everywhere."""
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))


class CodedText:
    """A text as codes of characters, and how often signs and words stand before every offset."""

    def __init__(self, text: str) -> None:
        self.code = folded_codes_of(text)
        padded = np.concatenate([self.code, [10, 10, 10]])
        self.pair = padded[:-3] * 65_536 + padded[1:-2]
        self.triple = self.pair * 65_536 + padded[2:-1]
        self.commas = counted(self.code == ord("，"))
        self.stops = counted(among(self.code, "。；\n"))
        self.colons = counted(self.code == ord("："))
        self.items = counted(self.code == ord("、"))
        self.digits = counted(self.code == 48)
        self.says = [counted(held) for held in _said(self.pair)]

    def at(self, offsets: Ints, codes: Ints) -> Ints:
        """Return codes at offsets, that of a line's end outside the text."""
        inside = (offsets >= 0) & (offsets < len(codes))
        return np.where(inside, codes[np.clip(offsets, 0, max(len(codes) - 1, 0))], 10)


def counted(held: NDArray[np.bool_]) -> Ints:
    """Return how often something was held before every offset."""
    return np.concatenate([[0], np.cumsum(held)])


def _said(pairs: Ints) -> Iterator[Flags]:
    """Yield for every line of what words say where one of its words stands."""
    words, says = _words_said()
    word = words.rows_of(pairs)
    found = np.flatnonzero(word < len(says[0]))
    for said in says:
        held = np.zeros(len(pairs), np.bool_)
        held[found] = said[word[found]]
        yield held


@cache
def _words_said() -> tuple[Lookup, list[Flags]]:
    """Return all words that say something as numbers, and per line which of them it holds."""
    lines = [[ord(word[0]) * 65_536 + ord(word[1]) for word in line.split()] for line in _SAYS]
    words = np.unique(np.concatenate(lines))
    return Lookup(words), [np.isin(words, line) for line in lines]
