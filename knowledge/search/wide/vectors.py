"""Dense vectors on disk: eight bits a component, memory-mapped; exact over a few thousand, an inverted file over millions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.search.wide.columns import mapped

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
# Below this many every vector is compared even without a region: 20,000 x 256 take a few milliseconds.
EXACT = 20_000
# How many lists are looked into: measured recall at ten of .95 and more on wordings of real items (docs/knowledge.md).
_PROBES = 48
_TRAINED_ON = 60_000
_CHUNK = 65_536
# So many floats stay in the processor's cache; and one thread multiplies them sooner than a second is woken.
_AT_ONCE = 1024


class Vectors:
    """The vectors of an index folder. Read-only and thread-safe."""

    def __init__(self, folder: Path, count: int, dimensions: int) -> None:
        self._scales = mapped(folder / "scales.npy")
        self._bytes = np.zeros((0, dimensions), np.int8)
        if count:
            self._bytes = np.memmap(folder / "vectors.i8", np.int8, "r", shape=(count, dimensions)).view(np.ndarray)
        self._lists: Any = None
        path = folder / "vectors.faiss"
        if path.is_file():
            import faiss

            faiss.omp_set_num_threads(1)
            self._lists = faiss.read_index(str(path), faiss.IO_FLAG_MMAP)
            self._lists.nprobe = _PROBES
            quantizer: Any = faiss.downcast_index(self._lists.quantizer)
            quantizer.hnsw.efSearch = 2 * _PROBES

    def rows(self, numbers: NDArray[Any]) -> Floats:
        """The vectors of some wordings, as floats of length 1 (up to what eight bits keep)."""
        return np.asarray(self._bytes[numbers].astype(np.float32) * self._scales[numbers][:, None])

    def compare(self, query: Floats, numbers: NDArray[Any] | None = None) -> Floats:
        """Cosines of a query with some wordings, or with all, one by one."""
        found = np.zeros(len(self._scales) if numbers is None else len(numbers), dtype=np.float32)
        for start in range(0, len(found), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            floats = self._bytes[part if numbers is None else numbers[part]].astype(np.float32)
            found[part] = np.einsum("ij,j->i", floats, query)
        return np.asarray(found * (self._scales if numbers is None else self._scales[numbers]))

    def nearest(self, query: Floats, count: int, among: NDArray[Any] | None = None) -> Ints:
        """The numbers of the wordings nearest to a query, the nearest first.

        Args:
            among: only these, compared one by one; without it all, compared one by one while they are few.
        """
        if among is None and self._lists is not None:
            # Twice as many as wanted, then put in order by the better vectors.
            _, found = self._lists.search(query[None], 2 * count)
            among = np.sort(found[0][found[0] >= 0])
        cosines = self.compare(query, among)
        order = np.argpartition(-cosines, count)[:count] if len(cosines) > count else np.arange(len(cosines))
        order = order[np.lexsort((order, -cosines[order]))]
        return np.asarray(order if among is None else among[order], dtype=np.int64)


class VectorWriter:
    """Writes vectors as they come, and at the end the inverted file over them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = (folder / "vectors.i8").open("wb")
        self._scales: list[Floats] = []

    def add(self, vectors: Floats) -> None:
        """Some more, in order."""
        scales = np.maximum(np.abs(vectors).max(axis=1), 1e-9).astype(np.float32) / np.float32(127)
        self._file.write(np.rint(vectors / scales[:, None]).astype(np.int8).tobytes())
        self._scales.append(scales)

    def close(self, dimensions: int) -> None:
        """Finish. Sampling and clustering have fixed seeds: the same vectors give the same file."""
        self._file.close()
        scales = np.concatenate(self._scales) if self._scales else np.zeros(0, np.float32)
        np.save(self._folder / "scales.npy", scales)
        if len(scales) > EXACT:
            self._cluster(Vectors(self._folder, len(scales), dimensions), len(scales), dimensions)

    def _cluster(self, vectors: Vectors, count: int, dimensions: int) -> None:
        import faiss

        lists = int(min(4096, max(64, 2 ** round(np.log2(count ** 0.5 * 2)))))
        index: Any = faiss.index_factory(dimensions, f"IVF{lists}_HNSW32,SQ8", faiss.METRIC_INNER_PRODUCT)
        index.cp.seed, index.cp.niter = 7, 8
        index.cp.min_points_per_centroid = 5
        sample = np.random.default_rng(7).choice(count, min(count, max(_TRAINED_ON, 16 * lists)), replace=False)
        threads = faiss.omp_get_max_threads()
        # One thread: the order of sums, and with it the file, would depend on how many there are.
        faiss.omp_set_num_threads(1)
        index.train(vectors.rows(np.sort(sample)))
        for start in range(0, count, _CHUNK):
            index.add(vectors.rows(np.arange(start, min(count, start + _CHUNK))))
        faiss.omp_set_num_threads(threads)
        faiss.write_index(index, str(self._folder / "vectors.faiss"))


def encoded(embedding: Any, texts: Sequence[str]) -> Floats:
    """Vectors of texts by any embedding, as 32-bit floats."""
    return np.asarray(embedding.encode(texts), dtype=np.float32)
