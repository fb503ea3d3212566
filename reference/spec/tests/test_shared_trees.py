"""Several artefacts in one tree: identity = root + row range, weight 0 for the rows of others, one budget."""

import unittest

import support
from artefact import ArtefactSecret
from errors import BudgetExceeded, ProofError, StatementMismatch
from prover import Prover
from statement import ArtefactReference, Statement
from support import seeded
from verifier import verify


def instance(seed, order=("other", "a"), more=0, openings=1):
    """The inner product of `a`, which lies in one tree with an artefact of another kind and size, as (statement, secrets, values)."""
    statement, secrets, values = support.inner_instance(seed, m=4, bits=5, openings=openings)
    shape, a = statement.shapes[0], secrets["a"]
    from blocks import MatrixLayout
    other = MatrixLayout("other", 4, [("x", [6]), ("y", [2])])
    parts = {"a": ("tensor", a.public.layout, a.values, {}), "other": ("table", other, {"x": list(range(64)), "y": [1, 2, 3, 4]}, {"rows": 60})}
    made = dict(zip(order, ArtefactSecret.together([parts[n] for n in order], shape, seeded(seed + 9))))
    relation = statement.relation
    first, rows = made["a"].public.place
    relation.shared = {"a": ("tree", first, rows)}
    return restate(statement, made["a"]), {"a": made["a"]}, values, made


def restate(statement, secret):
    public = secret.public
    reference = ArtefactReference(public.kind, public.shape, public.layout, public.identity, public.format)
    return Statement(statement.profile, statement.shapes, "S", statement.levels, statement.relation, {"a": reference})


class SharedTreeTests(unittest.TestCase):
    def test_complete_in_any_order(self):
        for order in (("other", "a"), ("a", "other")):
            statement, secrets, values, _ = instance(1, order)
            proof = Prover(statement, secrets, values, seeded(5)).prove()
            verify(statement, proof)
            self.assertEqual(statement.trees()[-1], ["tree", "S", 7])

    def test_two_artefacts_of_one_statement(self):
        statement, secrets, values = support.inner_instance(2, m=4, bits=5, second_m=4)
        relation, shape = statement.relation, statement.shapes[0]
        relation.matrices["d"] = ("S", relation.matrices["d"][1])
        relation.second = ("S", relation.second[1], relation.second[2])
        names = ["a", "d"]
        made = ArtefactSecret.together([("tensor", relation.matrices[n][1], secrets[n].values, {}) for n in names], shape, seeded(3))
        secrets = dict(zip(names, made))
        relation.shared = {n: ("tree", *s.public.place) for n, s in secrets.items()}
        joint = Statement(statement.profile, [shape], "S", support.ligerito.schedule(5, 3, 2, statement.profile, 2, fold_bits=2), relation,
                          support.references(secrets))
        proof = Prover(joint, secrets, values, seeded(4)).prove()
        opened = verify(joint, proof)
        self.assertEqual(made[0].used, set(opened["S"]))
        self.assertIs(made[0].used, made[1].used)
        swapped = dict(relation.shared)
        swapped["a"], swapped["d"] = swapped["d"], swapped["a"]
        relation.shared = swapped
        with self.assertRaises(StatementMismatch):
            verify(Statement(statement.profile, [shape], "S", joint.levels, relation, support.references(secrets)), proof)

    def test_identity_binds_the_rows(self):
        statement, secrets, values, _ = instance(1)
        proof = Prover(statement, secrets, values, seeded(5)).prove()
        tree, first, rows = statement.relation.shared["a"]
        for lie in ((tree, first - 1, rows), (tree, first, rows + 1), (tree, 0, rows)):
            statement.relation.shared = {"a": lie}
            with self.assertRaises(StatementMismatch):
                verify(restate(statement, secrets["a"]), proof)
        statement.relation.shared = {}
        with self.assertRaises(ProofError):
            verify(restate(statement, secrets["a"]), proof)

    def test_a_lie_about_the_rows_that_the_identity_repeats(self):
        """An identity can be made for any number of rows; columns of another length are no leaves of the tree."""
        statement, secrets, values, _ = instance(1)
        proof = Prover(statement, secrets, values, seeded(5)).prove()
        for rows in (6 + 2, 6 + 3):
            statement.relation.shared = {"a": ("tree", 5, rows)}
            secrets["a"].public.place = (5, rows)
            with self.assertRaises(ProofError):
                verify(restate(statement, secrets["a"]), proof)

    def test_refused_trees(self):
        statement, secrets, _, _ = instance(1)
        layout = statement.relation.matrices["a"][1]
        statement.relation.matrices["b"] = ("S", layout)
        own = ("tree", 0, 4)
        statement.relation.shared = {"a": own, "b": ("tree", 2, 4)}
        self.assertEqual(restate(statement, secrets["a"]).trees()[-1], ["tree", "S", 4])
        for shared in ({"a": own, "b": ("tree", 1, 4)}, {"a": own, "b": ("tree", 2, 5)}, {"a": own, "b": ("tree", 3, 4)},
                       {"a": ("b", 0, 4)}, {"a": ("aux", 0, 4)}, {"a": ("tree", -1, 4)}):
            statement.relation.shared = shared
            with self.assertRaises(StatementMismatch, msg=shared):
                restate(statement, secrets["a"])

    def test_one_budget(self):
        statement, secrets, values, made = instance(1)
        Prover(statement, secrets, values, seeded(5)).prove()
        with self.assertRaises(BudgetExceeded):
            made["other"].reserve(statement.shapes[0].p - len(made["a"].used) + 1)


if __name__ == "__main__":
    unittest.main()
