"""Who reads what through which URL: every URL with every person and canaries in it.

`organisation.py` makes a small company whose records belong to people in different
places. `canaries.py` writes a word of its own into every text that is not open to all,
and remembers who may read it, by rules of its own: it never asks `visible_to`.
`matrix.py` sends the requests of tests/access/ for each person and looks for words in
the answers. `test_matrix.py` does so with the product, `test_planted.py` with the
product broken on purpose.
"""
