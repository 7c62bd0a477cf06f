"""A few thousand rows at a time into the database: by COPY, then set by set.

Rows are copied to a temporary table, joined with what is there, and judged: create,
change, same, skip or refuse. A check stops there; a run applies the judgement in the
same transaction. So both take the same way through the same statements.
"""
