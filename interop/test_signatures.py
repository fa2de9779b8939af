# SPDX-License-Identifier: Apache-2.0
"""The primitives, by published examples and attacks."""

import hashlib
import json
import os
import unittest

from toy_ledger import VECTORS, Key, cv

# RFC 8032 section 7.1: secret key, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]


class Ed25519(unittest.TestCase):
    def test_the_signatures_of_rfc_8032_hold(self):
        for secret, public, message, signature in RFC_8032:
            arguments = [bytes.fromhex(part) for part in (public, message, signature)]
            self.assertTrue(cv.verify_ed25519(*arguments))
            key = Key(bytes.fromhex(secret))
            self.assertEqual(key.public.hex(), public)
            self.assertEqual(key.sign(arguments[1]).hex(), signature)

    def test_one_flipped_bit_is_refused(self):
        _, public, message, signature = RFC_8032[2]
        public, message, signature = (bytes.fromhex(part) for part in (public, message, signature))
        for at in range(0, 64, 7):
            flipped = bytes(b ^ (1 << at % 8) if i == at else b for i, b in enumerate(signature))
            self.assertFalse(cv.verify_ed25519(public, message, flipped))
        self.assertFalse(cv.verify_ed25519(public, message + b"\0", signature))
        self.assertFalse(cv.verify_ed25519(public[:-1], message, signature))
        self.assertFalse(cv.verify_ed25519(public, message, signature[:-1]))

    def test_s_plus_l_is_refused(self):
        _, public, message, signature = RFC_8032[1]
        public, message, signature = (bytes.fromhex(part) for part in (public, message, signature))
        s = int.from_bytes(signature[32:], "little") + cv._L
        self.assertFalse(cv.verify_ed25519(public, message, signature[:32] + s.to_bytes(32, "little")))

    def test_keys_of_small_order_are_refused(self):
        identity = (1).to_bytes(32, "little")
        self.assertFalse(cv.verify_ed25519(identity, b"anything", identity + bytes(32)))

    def test_an_r_of_small_order_is_refused_although_the_equation_holds(self):
        key, r = Key(b"k" * 32), (1).to_bytes(32, "little")
        s = hash_of(r, key.public, b"message") * key.scalar % cv._L
        self.assertFalse(cv.verify_ed25519(key.public, b"message", r + s.to_bytes(32, "little")))

    def test_a_key_with_a_byte_more_is_refused_although_the_equation_holds(self):
        key, r = Key(b"k" * 32), Key._multiply(9)
        for public in (key.public, key.public + b"\0"):
            s = (9 + hash_of(r, public, b"message") * key.scalar) % cv._L
            holds = cv.verify_ed25519(public, b"message", r + s.to_bytes(32, "little"))
            self.assertEqual(holds, len(public) == 32)

    def test_the_equation_is_the_one_without_the_cofactor(self):
        # A key with a part of order 8: times eight every signature of its holder holds, and one in eight does without.
        key, found = Key(b"k" * 32), set()
        order_8 = cv._decode_point(cv._ORDER_8_Y.to_bytes(32, "little"))
        public = encode_point(cv._add(cv._double_multiply(key.scalar, 0, []), cv._to_added(order_8), False))
        for i in range(64):
            r = key._multiply(i + 1)
            k = hash_of(r, public, b"%d" % i)
            s = (i + 1 + k * key.scalar) % cv._L
            holds = cv.verify_ed25519(public, b"%d" % i, r + s.to_bytes(32, "little"))
            self.assertEqual(holds, k % 8 == 0)
            found.add(holds)
        self.assertEqual(found, {True, False})

    def test_encodings_that_are_not_canonical_are_no_points(self):
        self.assertIsNone(cv._decode_point((cv._P + 1).to_bytes(32, "little")))
        self.assertIsNone(cv._decode_point(cv._P.to_bytes(32, "little")))
        self.assertIsNone(cv._decode_point((1 | 1 << 255).to_bytes(32, "little")))
        self.assertIsNone(cv._decode_point((2).to_bytes(32, "little")))

    def test_every_signer_is_believed_and_no_other(self):
        keys = [Key(bytes([i]) * 32) for i in range(12)]
        for i, key in enumerate(keys):
            signature = key.sign(b"%d" % i)
            held = [other.public for other in keys if cv.verify_ed25519(other.public, b"%d" % i, signature)]
            self.assertEqual(held, [key.public])

    def test_scalars_are_the_sum_of_their_signed_digits(self):
        for scalar in (0, 1, 15, 16, 17, 127, 128, 255, 256, cv._L - 1, 2**252, int("10" * 126, 2), 2**253 - 1):
            for width in (5, 8):
                digits = cv._signed_digits(scalar, width)
                self.assertEqual(sum(digit << place for place, digit in digits.items()), scalar)
                self.assertTrue(all(digit % 2 == 1 and abs(digit) < 2 ** (width - 1) for digit in digits.values()))


# RFC 6979 A.2.5: P-256, SHA-256, message "sample".
P256_KEY = bytes.fromhex(
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
)
P256_R = 0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716
P256_S = 0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8


class EcdsaP256(unittest.TestCase):
    SPKI = cv._P256_SPKI_PREFIX + b"\x04" + P256_KEY

    def holds(self, signature, spki=SPKI, message=b"sample"):
        return cv.verify_ecdsa_p256(spki, message, signature)

    def test_the_example_of_rfc_6979_holds(self):
        self.assertTrue(self.holds(der(P256_R, P256_S)))
        # The other root is as good: nothing here is identified by its signature.
        self.assertTrue(self.holds(der(P256_R, cv._P256_ORDER - P256_S)))

    def test_another_message_key_or_signature_does_not(self):
        good = der(P256_R, P256_S)
        self.assertFalse(self.holds(good, message=b"Sample"))
        self.assertFalse(self.holds(der(P256_R ^ 1, P256_S)))
        self.assertFalse(self.holds(der(P256_R, P256_S ^ 1)))
        base = b"".join(value.to_bytes(32, "big") for value in cv._P256_BASE[:2])
        self.assertFalse(self.holds(good, spki=cv._P256_SPKI_PREFIX + b"\x04" + base))

    def test_numbers_out_of_range_are_refused(self):
        order = cv._P256_ORDER
        for r, s in ((0, P256_S), (P256_R, 0), (P256_R + order, P256_S), (P256_R, P256_S + order), (order, 1), (1, order)):
            self.assertFalse(self.holds(der(r, s)))
            self.assertIsNone(cv._parse_ecdsa(der(r, s)))
        for r, s in ((1, 1), (order - 1, order - 1)):
            self.assertEqual(cv._parse_ecdsa(der(r, s)), (r, s))

    def test_der_has_one_spelling(self):
        good = der(P256_R, P256_S)
        for bad in (
            b"",
            good[:-1],
            good + b"\0",
            b"\x31" + good[1:],
            b"\x30\x81" + good[1:],
            good[:2] + b"\x03" + good[3:],
            good[:1] + bytes([good[1] + 1]) + good[2:],
            b"\x30\x47\x02\x22\0" + good[4:],
            b"\x30\x45\x02\x20" + good[5:],
            P256_R.to_bytes(32, "big") + P256_S.to_bytes(32, "big"),
        ):
            self.assertFalse(self.holds(bad), bad.hex())

    def test_keys_that_are_no_point_are_refused(self):
        good = der(P256_R, P256_S)
        for spki in (
            self.SPKI[:-1],
            self.SPKI + b"\0",
            self.SPKI[:26] + b"\x02" + self.SPKI[27:],
            self.SPKI[:-1] + bytes([self.SPKI[-1] ^ 1]),
            self.SPKI[:27] + bytes(64),
            self.SPKI[:27] + (cv._P256 + 5).to_bytes(32, "big") + self.SPKI[59:],
        ):
            self.assertFalse(self.holds(good, spki=spki))

    def test_points_are_added_in_every_case(self):
        base, nothing = cv._P256_BASE, (1, 1, 0)
        opposite = (base[0], cv._P256 - base[1], 1)
        self.assertEqual(cv._p256_add(base, nothing), base)
        self.assertEqual(cv._p256_add(nothing, base), base)
        self.assertEqual(cv._p256_add(base, opposite)[2], 0)
        self.assertEqual(cv._p256_add(base, base), cv._p256_double(base))

    def test_a_result_at_infinity_is_refused(self):
        # u1*G + u2*Q is nothing for Q = G and r = -SHA-256(message).
        base = b"".join(value.to_bytes(32, "big") for value in cv._P256_BASE[:2])
        r = -int.from_bytes(hashlib.sha256(b"sample").digest(), "big") % cv._P256_ORDER
        self.assertFalse(self.holds(der(r, 1), spki=cv._P256_SPKI_PREFIX + b"\x04" + base))


ML_DSA_VECTORS = os.path.join(VECTORS, "log", "checkpoint-ml-dsa-44.json")


@unittest.skipUnless(os.path.exists(ML_DSA_VECTORS), "there is no folder vectors/ beside interop/")
class MlDsa44(unittest.TestCase):
    """Their signatures are made elsewhere; here they are only damaged."""

    def setUp(self):
        with open(ML_DSA_VECTORS, "rb") as file:
            case = json.load(file)["accepted"][0]
        note = cv.parse_note(case["note"].encode("utf-8"))
        vkeys = [vkey for vkey in map(cv.parse_vkey, case["vkeys"]) if vkey.algorithm == cv.ALGORITHM_ML_DSA_COSIGNATURE]
        vkey, line = cv.known_lines(note, vkeys)[0]
        stated = int.from_bytes(line.signature[:8], "big")
        self.key, self.signature = vkey.key, line.signature[8:]
        self.message = cv.encode_cosigned_subtree(vkey.name, stated, cv.parse_checkpoint(note.text))

    def holds(self, signature, key=None, message=None):
        return cv.verify_ml_dsa_44(key or self.key, self.message if message is None else message, signature)

    def test_one_flipped_bit_anywhere_is_refused(self):
        self.assertTrue(self.holds(self.signature))
        for at in (0, 31, 32, 33, 607, 608, 2_335, 2_336, 2_415, 2_416, 2_419):
            self.assertFalse(self.holds(flip(self.signature, at)), at)
        for at in (0, 31, 32, 1_311):
            self.assertFalse(self.holds(self.signature, key=flip(self.key, at)), at)
        self.assertFalse(self.holds(self.signature, message=self.message + b"\0"))

    def test_other_lengths_are_refused(self):
        # One more end of hints that adds none would change nothing but the signature.
        for signature in (self.signature[:-1], self.signature + b"\0", self.signature + self.signature[-1:], b""):
            self.assertFalse(self.holds(signature))
        self.assertFalse(self.holds(self.signature, key=self.key + b"\0"))
        self.assertFalse(self.holds(self.signature, key=self.key[:-1]))

    def test_hints_have_one_spelling(self):
        # FIPS 204 algorithm 21: anything else would be a second signature of the same message.
        good, ends = self.signature[2_336:], self.signature[2_416:]
        self.assertIsNotNone(cv._unpack_hints(good))
        swapped = bytes([good[1], good[0]]) + good[2:]
        twice = bytes([good[0], good[0]]) + good[2:]
        unused = good[: ends[3]] + b"\1" + good[ends[3] + 1 :]
        falling = good[:80] + bytes([ends[1], ends[0], ends[2], ends[3]])
        many = good[:80] + bytes([ends[0], ends[1], ends[2], 81])
        for bad in (swapped, twice, unused, falling, many):
            self.assertIsNone(cv._unpack_hints(bad))
        self.assertEqual(cv._unpack_hints(bytes(84)), [set()] * 4)
        again = bytes([1, 2]) + bytes(78) + bytes([2, 0, 2, 2])
        beyond = bytes(range(80)) + bytes([81] * 4)
        self.assertIsNone(cv._unpack_hints(again))
        self.assertIsNone(cv._unpack_hints(beyond))

    def test_a_vector_that_is_too_long_is_refused(self):
        # A coefficient of z at the bound and beyond: 18 bits that say -(2^17 - 1) or the like.
        for value in (0, cv._BETA, 2**18 - 1):
            packed = int.from_bytes(self.signature[32:608], "little") >> 18 << 18 | value
            self.assertFalse(self.holds(self.signature[:32] + packed.to_bytes(576, "little") + self.signature[608:]))


class MlDsa44OfNobody(unittest.TestCase):
    """Under a key whose t1 is zero anybody can sign, with any z and any hints: so the bounds can be walked along."""

    KEY = bytes(1_312)

    def sign(self, coefficient, hints=()):
        matrix, _, key_hash = cv._expand_key(self.KEY)
        nothing = [0] * 256
        z = [[coefficient, *nothing[1:]], nothing, nothing, [*nothing[1:], coefficient]]
        z_hat = [cv._to_ntt(poly) for poly in z]
        rows = [cv._from_ntt(cv._row_product(row, z_hat, nothing, nothing)) for row in matrix]
        packed = b"".join(cv._pack_commitment(row, set(hints) if i == 0 else set()) for i, row in enumerate(rows))
        mu = hashlib.shake_256(key_hash + b"\0\0" + b"message").digest(64)
        challenge = hashlib.shake_256(mu + packed).digest(32)
        packed_z = [
            sum((cv._GAMMA1 - value) << 18 * i for i, value in enumerate(poly)).to_bytes(576, "little") for poly in z
        ]
        return challenge + b"".join(packed_z) + bytes(sorted(hints)).ljust(80, b"\0") + 4 * bytes([len(hints)])

    def holds(self, signature, message=b"message"):
        return cv.verify_ml_dsa_44(self.KEY, message, signature)

    def test_z_is_below_its_bound(self):
        bound = cv._GAMMA1 - cv._BETA
        for coefficient in (0, 1, -1, bound - 1, 1 - bound):
            self.assertTrue(self.holds(self.sign(coefficient)), coefficient)
            self.assertFalse(self.holds(self.sign(coefficient), b"another"))
        for coefficient in (bound, -bound, bound + 1, cv._GAMMA1):
            self.assertFalse(self.holds(self.sign(coefficient)), coefficient)

    def test_there_are_at_most_80_hints(self):
        self.assertTrue(self.holds(self.sign(5, range(100, 180))))
        self.assertTrue(self.holds(self.sign(5, [0, 255])))
        signature = self.sign(5, [0, 255])
        self.assertFalse(self.holds(signature[:2_336] + b"\xff\0" + signature[2_338:]))
        self.assertFalse(self.holds(signature + signature[-1:]))
        self.assertFalse(self.holds(signature[:2_416] + b"\2\2\2\3"))


class MlDsa44Arithmetic(unittest.TestCase):
    def test_the_transforms_multiply_polynomials(self):
        x = [0, 1] + [0] * 254
        power = [0] * 255 + [1]
        product = [a * b % cv._Q for a, b in zip(cv._to_ntt(x), cv._to_ntt(power))]
        self.assertEqual(cv._from_ntt(product), [cv._Q - 1] + [0] * 255)

    def test_streams_are_read_as_far_as_it_takes(self):
        for i in range(40):
            poly = cv._sample_in_ball(bytes([i]) * 32)
            self.assertEqual((len(poly), sum(map(abs, poly))), (256, 39))
            ntt = cv._reject_ntt_poly(bytes([i]) * 34)
            self.assertEqual((len(ntt), max(ntt) < cv._Q), (256, True))

    def test_high_bits_wrap_at_q_minus_1(self):
        # FIPS 204 algorithm 36, line 3: the values at the top have the high bits of those at the bottom.

        def high(value, hint):
            return cv._pack_commitment([value] + [0] * 255, {0} if hint else set())[0] & 63

        self.assertEqual(
            [high(value, False) for value in (0, cv._GAMMA2, cv._GAMMA2 + 1, 3 * cv._GAMMA2 + 1)], [0, 0, 1, 2]
        )
        self.assertEqual(
            [high(value, False) for value in (cv._Q - 1, cv._Q - 1 - cv._GAMMA2, cv._Q - cv._GAMMA2)], [0, 43, 0]
        )
        self.assertEqual(
            [high(value, True) for value in (0, 1, cv._Q - 1, cv._GAMMA2 + 1, 3 * cv._GAMMA2)], [43, 1, 43, 0, 2]
        )


def hash_of(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % cv._L


def encode_point(point):
    x, y, z, _ = point
    inverse = pow(z, -1, cv._P)
    x, y = x * inverse % cv._P, y * inverse % cv._P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def der(r, s):
    numbers = [value.to_bytes(value.bit_length() // 8 + 1, "big") for value in (r, s)]
    content = b"".join(b"\x02" + bytes([len(number)]) + number for number in numbers)
    return b"\x30" + bytes([len(content)]) + content


def flip(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


if __name__ == "__main__":
    unittest.main()
