"""Every change of comments and questions."""

from pipeline.comments.services.questions import close, reopen
from pipeline.comments.services.removing import put_back, remove
from pipeline.comments.services.writing import comment, edit, reply

__all__ = ["close", "comment", "edit", "put_back", "remove", "reopen", "reply"]
