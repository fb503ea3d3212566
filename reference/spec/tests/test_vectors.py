"""The committed vectors are what the specification produces today."""

import unittest

import support  # noqa: F401
import vectors


class VectorTests(unittest.TestCase):
    def test_regenerates_identically(self):
        with open(vectors.VECTORS) as f:
            self.assertEqual(f.read(), vectors.text())


if __name__ == "__main__":
    unittest.main()
