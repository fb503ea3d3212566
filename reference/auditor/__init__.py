"""An independent verifier of evidence bundles: plain Python, standard library only.

The proof system is the executable specification in `../spec`; this package adds what stands between a bundle's public files
and a statement of that system: artefact formats, the program of a linear model and its interval analysis, the compiler from
claims to constraints, and the plan of shapes and levels.  Nothing of it is shared with the Swift verifier.
"""

import os
import sys

SPECIFICATION = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "spec")
if SPECIFICATION not in sys.path:
    sys.path.insert(0, SPECIFICATION)
