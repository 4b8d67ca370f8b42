import subprocess
import sys

from wms.carriers.registry import open_carrier

CHECK = """
import sys
from wms.carriers.registry import open_carrier
open_carrier('offline')
print('shippo' in sys.modules)
"""


def test_the_default_carrier_needs_no_setting() -> None:
    assert open_carrier("offline").name == "offline"


def test_a_warehouse_without_shippo_never_loads_its_sdk() -> None:
    printed = subprocess.run([sys.executable, "-c", CHECK], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "False"
