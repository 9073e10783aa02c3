"""Known answers of the start-up self-test: made once, checked by independent means in the tests.

The keys are those of the seeds 00 01 02 ...; both answers that are random by nature (the ML-DSA-65 signature is
hedged, HPKE encapsulates to a fresh key) are kept whole, so that what is tested is reading what another process wrote.
"""

import base64
from typing import Final

__all__ = [
    "ED25519_SIGNATURE",
    "MLDSA65_SIGNATURE",
    "SEALED",
    "SEAL_INFO",
    "SEAL_KEY_ID",
    "SEAL_PLAINTEXT",
    "SEAL_SEED",
    "SIGN_CONTEXT",
    "SIGN_KEY_ID",
    "SIGN_MESSAGE",
    "SIGN_SEED",
]

SIGN_SEED: Final = bytes(range(64))
SIGN_CONTEXT: Final = b"self-test"
SIGN_MESSAGE: Final = b"accord self-test"
SIGN_KEY_ID: Final = bytes.fromhex("7a6526dd0cf68485")
"""Depends on both public keys, and so on both key generations."""

ED25519_SIGNATURE: Final = bytes.fromhex(
    "1c25b1aabf8939e11f3389e51a3f4271f154ea93b313d4eb30deaf03f471ef21"
    "ac03b3087506e8b262cc24ff2dbe16bdf0aa518c3d68c9ef47235802b4c3ea04"
)

MLDSA65_SIGNATURE: Final = base64.b64decode(
    """
    RNnHgT2H6o87hLgeJnNB4paP2kazpnI6eA4JMIPee+a5xjvV+Gc1QCt8MNClWkQIPItLvrCm0WomWwL3MXrdoyL6QavWOcRss66pZJ6dvXZBJT+j
    6/qlUJlrqDmVtCTwTJ06UILbHBh2CsDtWjqIKVuF38Od2FzP4KnRHSi4WkGPIqJNVNkv347aVYA5xG3OcAwZcoTavoLA/JnJJaIFQos6CfNoPHG3
    M5YUlKmUrcsPKA2lHUl01sj4R/p2xNd+3bsS8ERKB/PsQT3gRsQYkpQOnqI0lfhoTnA9XGWuRrPoOvqRKUYbyzEJYnsYF2TqTe1VXHcax5l1Wmnw
    m8hCLkFdTO4Qi7o0bcvwU2Npn4+SCV/iuSxLfVkH0aFFwQsqJdLbbpjNXviC3zaXygHH3e3LXpgDVNWj3xr/P+m1Du/KgHWM+LqjScZEV1y4TiGp
    idhllrqFz/THqWaMUTetdTsDQO/fgP/sHO++pdl7MG/ZTLVEXSEN8TCkmof0rYvgVy4IDsPsH2OiuMl8EOQKb4t2rW+b2D1CbCXenG7LDcRMOhAc
    JyFG3zL46zLzOgEiE8ZCXkFqj9iHvIEk1zNuaJhzYwdGUOZQ+kRsnCEB7ZEwwQMuKJuFnjib4bKSHPvCWq10oYEvArfZf7xxYHFi89ZIKee2hhZB
    toXVmwLIFtme33N+JgGpYuH3hC5DOQ66+9vmX8dYggZ1vP+bFgkrSI8yrqkb80AHGFElC26qpq5vOJc8WlNkTHTZ4hhbBlJMrv2sEJcgfU7s/TNw
    lN9RIT0yKN4RvlxLmGFhoANBQQNm3bOABo++0Ik+z2kkIC17uv7lfV7RApdw4hWng5FNOEiLg53GCuL+TI+JUrvt+pGYew4yQgOZK+oRtjwkHsir
    +dWb3U8f/goWPvgyrbI++rAiQmrXnh3+LS2LOJoEiIswNrS7DC8XxrSlp7kSbKOMNCGfcdhXzNEfBq04hLMvU//njUDazwl/q3zxpmpV01WEnp98
    F/cX6Ae3YxhB6JCac03yMjKT7FDU5DHSTT+t18Opi3qpfqnVoTQeBBHzaYNEyiiC5KCMxses/qA3+Eg4HuXt0xlmVewjxaN0oZii3sXPxVZA5pJ/
    uTc1+kLhf6g1YyVL/KyzMUDqftMZISYYvQQg8tllwA1qmboTH3oEUiN4G8c5bq1Q9UzF/mVEQoCE/UL0VzTmyMMCny91237xsHnSTF95i3Tb42DP
    nEe0Owg9VKmBTkU36/zOjWUdzAZvcqYW2R/PeAKWwtwX+UikWXJ+0kGmNJ1/dsw5mMM42HBrnGzPiIz4qDXkITFOUCzGCCNznAQYVyDJKNrnNzL0
    fvSFJSjNxzyPDTidig6edktQNQsABl5VnI7X2RSzmWGpw9kIQrfyIZ+j1Vo+yzYpsQfREEUsOdpiQg6GNVC0H7mtBhyIq+wuTYJ/ezZbJUPiXCZP
    H/xVMyxFvlgAF5+W7D5QtMgp/GKLn652XDILhbeh6t9Y6uYfDdRJP5APOrtY0JYDxLycRp0Jta/BQKs8J+WUMvSoS1OJPV5NkVLbCwCAPee/lIe6
    ohFCJsR695GODOkH8/Ir5ydSeqcbmuF6KnVkegL3CfLqwtDRdNWATEZfG4i71K/atuLVjeQD4popEbfS4rAo1TuoMdPbtS3NpBhlwTmPw45X/gXo
    u4JU3bUWOagZ6fIQKvIS4Yelt19zvbWhOeJ7jzQLKMUAUzl4uXm3DGN2u+sE4bkvDw8fiXuNqgd5aZAEH+B0qO5C2Sc0a8ZzRJigVzbifxCm6S40
    Gdtv7hJ9aKVWq4rljkGGficT7CkpetrCQqxBfna/psZziJPyBPY9+76gagord4aaluC52Gt/sTl2wUXTLFAu+jAIDmyhz7H7oePdwexyGwWVfeIw
    ALH2yDeeyweTGLeH0ahgb4gbIQo/ubAcDlRlu0pzKvCFQ9zDwInLCiog/Y1kfOQuloSKnznQU9gnZXH+NLPnEbjhF3BxSJ0M0TTdRcvvd+USp+GK
    etVwH/7NHGup85aGb8fO5Lfr6OA7scun7kW3Q8AxmHPERI9YQ170B/N7QN2PBKe7sGb5f4ixNFsA9ZZY1sMNiG7nCTbbQ01BAr+cdLyZHNxzc3Mj
    M38wdT91qgC1MwwKrVm6BE7bRY0R3qrq+FXPbsFcSThaSgNZ2ex7hK1BRENgkgYbK5ixGAhwggS0wVmnQlIYCyW03TeX8D/QQXCmzjz6mhL9iL9f
    lpxNR5SKHnnhFiWSgXXsyLk1+01pIOQ0JG9Gd27vyQHBMXcGfgU2Lqs3V/NSP2+T7zEWZ9QnGOr1tM3C8uj3HuCl30FrswNMziwJE2YiPmQYXXZF
    mVaBiHWYqpJWFQo+lbzR6W435/obvDeCapLXakQG5btXgmtxf/KGyJe5eDF9KHMAVLIvgmCGJcQlpYyQG5RVqIK2N7GPtAjLZEBlkc6bR+ymucca
    ufNFFkOs5IoeyGHU2jHAuK5rQ12CLX2wrfXrcbtzOyJC3OlLPOoUdThIsFDclF93Su+ut50TcvjRpUaZH12H/PEULK7NWwO/XnBgW8Ar4UINaVrm
    N2AKquX6wUtHksUTUfV7PW+KzvjA6LKXA5IwamK5hiXRAS+a7NaW3eRPE9FMU3JhY/OlPKauzUrWP1+be6m28Q05ZKy//4U8khx8zXYn1lIURjzB
    ZXjviJHEmMHuylFwiT1CYHGcsHMCWtA0fTwmIPSWSHyNJGKPmqTobCwGk6h2SlmqOb5dTDYbQeE5rfI4CGmlMhtGTUZxcBwIGcJqyQpKOHkeKqwC
    AoGAVDWxaY1JaXm8bFmTkGWu6+G4+vk7dLsqhZzN05jsHwoPrpnXjNXMyUbFb57j1DmhV1YAvV/zWgY7LvTOnhtktny8NEcBHSaHHKgPt3ZYk8To
    7aRruBLdnQtPMr3ElFh3FOC/m2QlQgugBBhVJ+Ek7PRjkSD2hxs2c2IbRycfmRuwtSH5uVQ2XM49C0d4D43gaUEwqOEV2pcqJTyjEOnHca6pesiV
    rMJriAPzrM9LATRvhho7Lb9eAvSUVrGjjZQMJMe5zW/79zCpuxtk0s0MZStvCsXs9BimVgq5ALUGriaAOMgZezWkfbCg9Pzbhaf9VnR879xBmdl/
    nu1TRN/0ro+wLBOQJU74cAFQ15xfhvMBBSHDTRAtXCxj6UHOnLa35bowq+jtZ9LRhxtvTFh49W4YBH2F5NoELVgc2NUwggaxl8Vi5BXo7/u1QAFi
    dOQBPyPPGVMr0qFyXm3MB0pkRfTgO9QVIxOGp6++hzSv4QrWojqFDoS9wUpw64h1A8IUTOVIpDtOCvlts+TSAcZl2emWUXCm5/70gTDGJUs3Xg5N
    pj4QKCTeUkUdRKv7qiueqR0EDCYYmhxM/tPoon0MVGpdmLaPq31qAwHu1RBDEhenKPHF+1Q52tLf9/EoX8GRzUG26L4kdjbU3/8RrmRnmPP5WWhh
    L3zy2UlhvhLwEIhAyrFU8WiZ1lg3277/x+VVY0R9uc6MP3lD8amnk5ajAwS8QtLB4yLjhIf+I85FFxBYnGKrLBOhDLQk6dK+kXIFe88VglN3B4TO
    ChB5DFGYYeNT9u7fBQqWN3VNEyP01RWAhXwopkQcdAi88AW4WflRmprgJOBxLKXZyJK+t+pECj7vabu+0LcXosTXK+HfAyer7FbW5y4631DheRUF
    RrF4MblKmklOvHXXZYxDsG+MTMQkVfzHvi4iC0iJz9xj4D7cGA6gZJeZOyEoE5bfPZprBv82lxHwy3yQSGTnu8JvYh3FHEpyYECX3ZePgsZfuHuW
    nAYPM7qjGZbFBQSPHE8VlwzQbSmFMVdnTVoHnb0MWwxyvmvfJ/vHqC+/r9qAT398QbPwGhJ4ApLlgdDzI+QQwVmLsyFLDyhOTQ5r/MPmeSK0JPan
    TrzT1QH+PN2hCBR6FT47ZMfGZKzfb+02m+vXiC/0PSp8T7aVZxNpaMGBjjqN909eNsbhzkzVSieMPQWHwCNONTcIb4/MmgekvRvi0xDR0TfrIOCf
    eArkaLQqsphmdg9SNGD2lmST0LGS5wZrTVHtlparbFMGSXUKZABj3yRVeqQy2Pe8WIwekA7CHeDfaG9HA02RYrrGaZTyOPvVXXms6ahIysi+RY8G
    xEiKGkIZLLerT/8a4PykKpyZ3HT+Fu/Fz0Et0OLXvzyMIpOtvfqSYdR3ZrzEr09XHDUuk13XAhUCWHKe8pwGhjSCuDbUnZek3YPi6GY4jvrFwmpk
    OAJC2zVR1JUB+8JplJV7zbv06cHPnvDgwttEyVPaypMhdfnEvIQw7PRoZwC9vmv0lifjVOe+KVhZW3CI/AQeP1xsdo3ZEWKIlKi9ytYdVra5vMLG
    Ex8uaqny9R1EYHB5iYrh/gAAAAAAAAAAAAAABQ0VHCMs
    """
)

SEAL_SEED: Final = bytes(range(96))
SEAL_INFO: Final = b"accord self-test info"
SEAL_PLAINTEXT: Final = b"accord self-test plaintext"
SEAL_KEY_ID: Final = bytes.fromhex("90c925ed59ddf399")

SEALED: Final = base64.b64decode(
    """
    iqMYc7E+n2rFDBFReoN9xsu6ntu3GZZJV5nIz5jKmqG3Odo0j73mIoMeBq7B75FaVKSrbWqI/2GQy1v7b6dn+lwW1DkBKQE/dlkjnWlbcCgFmeIp
    gP2+mvJiQoqf70kFXVBGxloV2CHKUe578gQ8KwMj4VcDR0gNvczQ1mqBpNw1iC/IVeVKFHVYjuS3lIq0tlUKcEdZ563PrfJveuKpdrNz1feXNPLp
    sH2El/aDnyp0QA/mE1tQ2T/IVWbqyiuPbwS8H296QPDNhF6tMuPh2IgLkna/NMBoKsZIRMR7mihk5bwWQTtpCVSGVhCCq0AqYH7He5fQny+gEE/3
    dypHL4eLoI6o9/JAMV2jZjLLtsgROmUjIuZ7NLG74p8dSTbycuSHhMIrGJZhVbPaUCyMZVRrYVNLSAUsyFcQD84RAEchTCxevObpTXpSDWAeNtAK
    8vIsAeocXVlio3OkT8n+nzElMi3tG6XXGY8l+19VdfupLWgtajWcA1n75oY3cmKbQUVwp8DWh2LFl4XHgpcaN+yvrRC+l4VUE3kUpftkK6GYDJYL
    6P7XjQnmGCnYP+IEzoPuqYMOmKU1LS5/W7ABggcsNS+k1lYeEeTjIzLtbI4CqEvhWY86STogfcCBvK/NVdQFQkUfpN1EY2oEFMrTz//ngVLS9fSi
    9w5qV65jczduvvHTtmsfbzoYv5L1oqmPy8YLJWzfogUQQae2NhbSuAGIMYAPOL6C2sigPcyPu3By4nZrmiMiPcgZhfUy0sY6HNaPXFnjqfbawCoD
    VM4YgIOkyUH8eDi6Y1xOX6lCG9tYGy8uVg0CI6KpI+CpGWH765p0sKQEiDFnje4vVx1b6RFCu6hrVYU3UGZm/fFQjjVcGBiiS5TnI5ozOocnOcT1
    1ogBPXCiDK+LTdTETxYJsvzvbdwiggycbwHlXk6Mioa5BNy/7L+OSKjLDgeXiHJNzh0SzPywZQChzjFF8Uk5OYAL/D+r+KipVuHrY1QsCqE1AcQJ
    nyQGWfeCi4hggyU2TTaPpFPaFmK8nHFa8/4Sb5g9Mc2E625OJQr0s0NscgHGaeWBtU1XpHNqNsQikK7XPKHtzFMq/owmcBZTJIP453kQnXWh0iHf
    JRZGdoq+tfozy6rHGKBSoUOF37TiOs/phhq2gyRsnQW/HJVQgpVw/IcyZ7jEJy3yMn7GNgR3NZNAkROe6DO7K00gjGnFOJv0GOAinyF2kQ3QqETd
    xqKLp41E7XQc+oU0YqklxorxfM3hyR9IoPm3QJAvu/qQso/SjORcERnetojxI9EPn3Pn/79hTsp7NZte93oEqsU5C6ZxoqeddVuz30zyT5Ry8kVK
    a9PMBh6q8D+KQlhfwczRwxN9Ol0rxYdayhd6oU4NEpGNsXpghrD7gUkTKCHOik7wz8O2OrgiAL2/x569nCuBxApDFhnbFM6SSYSUBQ2JpxbKN9ht
    /JaDdMEGFlq2LUNkx/WMnsDOhwsdyXFs5kpzbIkJzD8vpWgqSrwEjvaf71/4yXPREkKQPlX8905/HsBaIXlN4gouiBswfA==
    """
)
