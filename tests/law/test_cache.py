from threading import Thread

from accord.law.cache import BoundedCache


def test_what_was_asked_for_least_lately_is_forgotten_first() -> None:
    cache: BoundedCache[str, int] = BoundedCache(2)
    cache.keep("a", 1)
    cache.keep("b", 2)
    assert cache.get("a") == 1
    cache.keep("c", 3)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (1, None, 3)
    assert len(cache) == 2


def test_an_answer_kept_again_replaces_the_former() -> None:
    cache: BoundedCache[str, int] = BoundedCache(2)
    cache.keep("a", 1)
    cache.keep("a", 2)
    assert cache.get("a") == 2
    assert len(cache) == 1


def test_nothing_is_left_after_clearing() -> None:
    cache: BoundedCache[str, int] = BoundedCache(2)
    cache.keep("a", 1)
    cache.clear()
    assert cache.get("a") is None


def test_threads_may_share_it() -> None:
    cache: BoundedCache[int, int] = BoundedCache(8)
    wrong: list[int] = []

    def work() -> None:
        for number in range(2000):
            cache.keep(number % 16, number % 16)
            found = cache.get((number * 7) % 16)
            if found is not None and found != (number * 7) % 16:
                wrong.append(found)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(cache) == 8
