"""Problems and plans as files, for those who have no database: JSON in, JSON and a picture out.

The formats are described in docs/plan-format.md.
"""

from wms.batching.files.pictures import picture
from wms.batching.files.reading import layout_from, problem_from
from wms.batching.files.sketches import sketch_of
from wms.batching.files.writing import figures_of, layout_document, plan_document

__all__ = ["figures_of", "layout_document", "layout_from", "picture", "plan_document", "problem_from", "sketch_of"]
