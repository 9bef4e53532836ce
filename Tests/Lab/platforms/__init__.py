"""The platforms that sealift has a profile for, one module each: its example, its stand-in release, and what an install is to leave.

    platforms.names()                  # the profiles; test_platforms.py and scripts/demo take them all
    module = platforms.load("k3s")

A new platform is one new file here, called like its profile with `_` for `-`. Its names:

    PROFILE      the profile
    DEFINITION   the example below the source tree, `bundles/….yaml`
    IMAGES       the images it takes from the laboratory's layout
    UPSTREAMS    addresses that lead to the mirror instead
    REGISTRIES   addresses that lead to the registry instead
    options(world)   further options of `sealift build` that lead it to the stand-ins, where there are any
    publish(world, **options)   puts its release on `world.mirror` and `world.registry`; image name → digest there
    ROLES        role → Site: the values and options that a site gives for it
    LAID         role → table of what is then there: path → `laid.folder`, `laid.file` or `laid.link`, written BY HAND from the
                 makers' documents and sources, never from the profile

and, where the platform's containerd imports archives in a way of its own,

    IMPORT       the options of `ctr images import` that do the same, see containerd.py

and, where it is not installed by `install.sh` on Linux:

    install(bundle, root, role, site, key, run)   does what stands for an install, so that LAID can be compared with `root`
    INSTALLING                                    what that is, in words for scripts/demo
"""
import importlib
import pathlib
import shutil
from typing import NamedTuple

import product
import scratch


class Site(NamedTuple):
    """What a site gives for one role: values of variables, further options of the installer."""

    values: dict = {}
    options: tuple = ()

    def words(self, role, folder):
        """The words after `install.sh`. The values go by way of a file, as a site's secrets have to."""
        values = folder / "values.env"
        values.write_text("".join(f"{name}={value}\n" for name, value in self.values.items()))
        values.chmod(0o600)
        return ["--role", role, "--values", values, *self.options, "--yes"]


def names():
    """The profile of every platform here, sorted."""
    return sorted(path.stem.replace("_", "-") for path in pathlib.Path(__file__).parent.glob("*.py") if path.stem != "__init__")


def load(profile):
    return importlib.import_module(f"platforms.{profile.replace('-', '_')}")


def copy_definition(platform, folder):
    """The example with all that lies beside it, for this machine's architecture; where it is now. Locks stay behind."""
    definition = scratch.ROOT / platform.DEFINITION
    shutil.copytree(definition.parent, folder, ignore=shutil.ignore_patterns("*.lock"))
    copy = folder / definition.name
    copy.write_text(copy.read_text().replace("arch: amd64", f"arch: {product.ARCHITECTURE}"))
    return copy


def install(platform, bundle, root, role, key, run):
    """Installs into `root`. `run(*words)` runs a command to its good end."""
    site, folder = platform.ROLES[role], scratch.folder("site")
    try:
        if hasattr(platform, "install"):
            platform.install(bundle, root, role, site, key, run)
        else:
            run("sh", bundle / "install.sh", "--root", root, "--key", key, *site.words(role, folder))
    finally:
        scratch.remove(folder)
