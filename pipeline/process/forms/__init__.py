"""Input about how we sell, turned into values."""

from pipeline.process.forms.processes import (
    NewProcessForm,
    NewStageForm,
    OrderForm,
    ProcessForm,
)
from pipeline.process.forms.stage_edit import StageEdit
from pipeline.process.forms.stages import MilestoneForm

__all__ = [
    "MilestoneForm",
    "NewProcessForm",
    "NewStageForm",
    "OrderForm",
    "ProcessForm",
    "StageEdit",
]
