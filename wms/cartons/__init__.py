"""Which boxes an order goes into. One door: `propose(things, cartons)`."""

from wms.cartons.problem import Box, CartonSize, Packing, Placed, Thing
from wms.cartons.proposing import holds, propose

__all__ = ["Box", "CartonSize", "Packing", "Placed", "Thing", "holds", "propose"]
