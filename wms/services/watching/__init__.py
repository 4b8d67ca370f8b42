"""What the wall board shows: one frozen value, computed by a few indexed questions to the journal and the orders."""

from wms.services.watching.board import HOUR, Board, board, put_by_stretch, stretch_of

__all__ = ["HOUR", "Board", "board", "put_by_stretch", "stretch_of"]
