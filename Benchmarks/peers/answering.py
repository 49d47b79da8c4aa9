"""Requests of the runner, line by line in JSON."""

import json
import os
import sys


def answer_all(answer):
    """Answers until standard input ends.

    - answer: takes a request and returns what is to be said, both as dictionaries.
    """
    # Libraries print to standard output; what the runner reads must be ours alone.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        try:
            response = answer(json.loads(line))
        except Exception as error:  # what a peer cannot do is reported, whatever it is
            response = {"error": f"{type(error).__name__}: {error}"[:2000]}
        answers.write(json.dumps(response) + "\n")
        answers.flush()
