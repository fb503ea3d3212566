"""What the second implementation of the proof system found in this one."""

import unittest

import support
from errors import StatementMismatch
from field import EXTENSIONS
from statement import Statement
from transcript import Transcript


class MendTests(unittest.TestCase):
    def test_a_challenge_of_no_elements_steps_the_chain(self):
        one, other = Transcript(EXTENSIONS[3]), Transcript(EXTENSIONS[3])
        self.assertEqual(one.challenges("point", 0), [])
        self.assertNotEqual(one.state, other.state)
        other.challenges("line", 0)
        self.assertNotEqual(one.state, other.state)

    def test_an_artefact_cannot_take_the_name_of_an_auxiliary_tree(self):
        """Roots are kept by name: the mask's root, which the prover chooses, would stand for the artefact's."""
        statement, _, _ = support.inner_instance(3, m=5, bits=3, second_m=4)
        relation = statement.relation
        for name in ("aux", "mask.T", "mask.S"):
            relation.matrices = {("a" if n == "a" else name): v for n, v in relation.matrices.items()}
            with self.assertRaises(StatementMismatch):
                Statement(statement.profile, statement.shapes, "S", statement.levels, relation, statement.artefacts)


if __name__ == "__main__":
    unittest.main()
