"""wms import pictures: photos of products, each named by its SKU."""

from pathlib import Path

import click

from wms import config
from wms.cli import style
from wms.database import transaction
from wms.domain.errors import WmsError
from wms.services import picturing

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=_FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def pictures(context: click.Context, folder: Path, as_json: bool) -> None:
    r"""Take in a folder of photos (JPEG, PNG, WebP, GIF), each named by its product's SKU, such as MUG-BLU.jpg.

    Each is kept as a thumbnail of at most 12 kB, for handhelds on bad Wi-Fi. Files that are no photo or name no
    product are told with the reason, and the exit status is 1.

    \b
    Example: wms import pictures photos/
    """
    engine = style.engine_of(config.load())
    kept, refused = 0, dict[str, str]()
    for file in sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")):
        try:
            with transaction(engine) as session:
                _ = picturing.keep(session, style.actor("import"), file.stem, file.read_bytes())
            kept += 1
        except WmsError as error:
            refused[file.name] = str(error)
    words = [f"pictures: {kept} kept, {len(refused)} left out.", *(f"  {name}: {why}" for name, why in refused.items())]
    style.say(as_json, {"kept": kept, "refused": refused}, "\n".join(words))
    if refused:
        context.exit(style.NOT_ALL)
