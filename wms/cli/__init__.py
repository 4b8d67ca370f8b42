"""The `wms` command: one style for all.

--help says it all with an example; errors are one sentence with what to do; the exit status is 2 for bad use, 1 for
"done, but not all" and 0 for done; --json gives the same facts to machines.
"""

import importlib
import sys

import click

from wms.domain.errors import WmsError

_COMMANDS = {
    "demo": "demo",
    "serve": "serve",
    "work": "work",
    "db": "db",
    "import": "import_",
    "export": "export",
    "plan": "plan",
    "simulate": "simulate",
    "verify": "verify",
    "manifest": "manifest",
    "box": "box",
    "unsettled": "unsettled",
    "backup": "backup",
    "restore": "backup",
}
_BAD_USE = 2


class _Commands(click.Group):
    """Loads a command's module only when it is asked for, so that `wms --version` does not load the web server."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of a first day."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Load wms.cli.<module> and return its command of that name."""
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"wms.cli.{_COMMANDS[cmd_name]}")
        command: click.Command = module.commands[cmd_name]
        return command


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wms-floor")
def cli() -> None:
    r"""Run a warehouse's fulfilment floor: from a shop's orders to sealed, labelled boxes.

    \b
    Example, an empty database to its first orders:
      wms db upgrade
      wms import products products.csv
      wms import locations locations.csv
      wms import stock stock.csv
      wms import orders orders_export.csv --format shopify
      wms serve
    """


def main() -> None:
    """Run the command line; an error of ours is one sentence on stderr and exit status 2."""
    try:
        status = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(_BAD_USE)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(_BAD_USE)
    except WmsError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(_BAD_USE)
    sys.exit(status if isinstance(status, int) else 0)
