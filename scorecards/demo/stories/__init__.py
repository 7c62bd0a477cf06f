"""The deals that somebody wrote, as against those made from pools of words."""

from scorecards.demo.stories.others import OTHERS
from scorecards.demo.stories.rita import RITA

STORIES = RITA + OTHERS
