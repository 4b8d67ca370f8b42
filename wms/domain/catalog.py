"""What is sold: products with their barcodes, sizes and weights, and what may stand in for them."""

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint, inspect, select
from sqlalchemy.orm import Mapped, column_property, mapped_column

from wms.domain.base import Base, InWarehouse, Row, refers


class Product(Row, Base, kw_only=True):
    """A thing with a SKU; sizes in millimetres, weight in grams (0 = not known)."""

    __tablename__ = "products"
    __table_args__ = (
        UniqueConstraint("warehouse_id", "sku"),
        CheckConstraint("weight_g >= 0 AND length_mm >= 0 AND width_mm >= 0 AND height_mm >= 0", name="sizes"),
    )

    sku: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    weight_g: Mapped[int] = mapped_column(default=0)
    length_mm: Mapped[int] = mapped_column(default=0)
    width_mm: Mapped[int] = mapped_column(default=0)
    height_mm: Mapped[int] = mapped_column(default=0)
    # Its own packing is its outer box: the label goes on it.
    ships_in_own_box: Mapped[bool] = mapped_column(default=False)
    # Each unit has a serial number of its own, scanned when it is picked.
    has_serials: Mapped[bool] = mapped_column(default=False)
    # What customs ask where it crosses a border: its tariff code and the country (two letters) that made it.
    hs_code: Mapped[str] = mapped_column(String(12), default="")
    origin_country: Mapped[str] = mapped_column(String(2), default="")
    # Carriers must be told, and not every one takes it.
    is_hazardous: Mapped[bool] = mapped_column(default=False)
    # An SVG drawing, or a photo's thumbnail as a data URI; loaded only where it is served.
    picture: Mapped[str] = mapped_column(Text, default="", deferred=True)

    @property
    def is_measured(self) -> bool:
        """Whether weight and all sizes are known."""
        return all((self.weight_g, self.length_mm, self.width_mm, self.height_mm))

    @property
    def volume_ml(self) -> int:
        """Millilitres of the product's box, rounded up; 0 where a size is not known."""
        return -(-self.length_mm * self.width_mm * self.height_mm // 1000)


class Barcode(InWarehouse, Base, kw_only=True):
    """A code that means a product: GTIN (14 digits), supplier's code or SKU; `quantity` units at once (a case)."""

    __tablename__ = "barcodes"
    __table_args__ = (
        Index(None, "warehouse_id", "product_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        refers("product_id", "products"),
    )

    code: Mapped[str] = mapped_column(String(80), primary_key=True)
    product_id: Mapped[int]
    quantity: Mapped[int] = mapped_column(default=1)


class Substitute(Row, Base, kw_only=True):
    """A product that may be sent instead of another where that is missing; of several the lowest rank goes first."""

    __tablename__ = "product_substitutes"
    __table_args__ = (
        UniqueConstraint("warehouse_id", "product_id", "substitute_id"),
        CheckConstraint("product_id <> substitute_id", name="another"),
        refers("product_id", "products"),
        refers("substitute_id", "products"),
    )

    product_id: Mapped[int]
    substitute_id: Mapped[int]
    rank: Mapped[int] = mapped_column(default=1)


# What the two are called, so that a list of substitutes reads like the file they came from.
for _name, _id in (("sku", Substitute.product_id), ("substitute", Substitute.substitute_id)):
    _its_sku = select(Product.sku).where(Product.warehouse_id == Substitute.warehouse_id, Product.id == _id)
    inspect(Substitute).add_property(_name, column_property(_its_sku.scalar_subquery()))
