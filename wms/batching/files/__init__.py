"""Problems and plans as files, for those who have no database: JSON in, JSON and a picture out.

The formats are described in docs/plan-format.md.
"""

from wms.batching.files.pictures import picture
from wms.batching.files.reading import problem_from
from wms.batching.files.writing import figures_of, plan_document

__all__ = ["figures_of", "picture", "plan_document", "problem_from"]
