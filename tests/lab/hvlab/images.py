# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guest images, built from Debian packages alone, once per state of what they are made from."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hvlab import cache, image_debian, image_tiny
from hvlab.commands import locked, say
from hvlab.debs import Release
from hvlab.errors import LabError

HERE = Path(__file__).parent
UNUSED_LAST = 30 * 24 * 3600  # seconds without a request after which an image of older packages is removed


@dataclass(frozen=True)
class Recipe:
    """How one kind of image is made, and all that it is made from."""

    release: str
    packages: list[str]
    build: Callable[[Release, Path, Path], None]  # (packages' release, recipe's files, new directory to fill)
    files: Path
    product: str  # what in the built directory is handed out
    source: str  # the file that has this function


def _debian(release: str) -> Recipe:
    files = HERE / "image_files/debian"
    return Recipe(release, image_debian.PACKAGES, image_debian.build, files, "disk.qcow2", "image_debian.py")


RECIPES = {
    "tiny": Recipe("bookworm", image_tiny.PACKAGES, image_tiny.build, HERE / "image_files/tiny", ".", "image_tiny.py"),
    "debian": _debian("trixie"),
    "debian-bookworm": _debian("bookworm"),
}


def build(kind: str) -> Path:
    """The path of an up-to-date image of this kind; it is built where there is none."""
    recipe = RECIPES.get(kind)
    if recipe is None:
        raise LabError(f"there is no image {kind!r}; there are: {', '.join(RECIPES)}")
    if os.geteuid() != 0:
        raise LabError("images are built as root")
    images = cache.directory() / "images"
    release = Release(recipe.release, cache.directory() / "apt" / recipe.release)
    built = images / f"{kind}-{_key(recipe, release)}"
    if not built.exists():
        with locked(images / f"{kind}.lock"):
            release.refresh()  # what the older lists name may be gone from the mirror
            built = images / f"{kind}-{_key(recipe, release)}"
            if not built.exists():
                _build(kind, recipe, release, built)
            _forget_unused(images, kind)
    os.utime(built)
    return (built / recipe.product).resolve()


def _build(kind: str, recipe: Recipe, release: Release, built: Path) -> None:
    """Build beside the final name, so that what has that name is complete."""
    say(f"building the image {kind} from packages of Debian {recipe.release}")
    begin = time.monotonic()
    partial = built.parent / f"{kind}.partial"
    shutil.rmtree(partial, ignore_errors=True)  # of a build that was killed
    partial.mkdir()
    recipe.build(release, recipe.files, partial)
    partial.rename(built)
    say(f"built {built} in {time.monotonic() - begin:.0f} s")


def _key(recipe: Recipe, release: Release) -> str:
    """A digest of all that the image is made from."""
    digest = hashlib.sha256("\n".join([release.sources(), *release.resolve(recipe.packages)]).encode())
    files = sorted(path for path in recipe.files.rglob("*") if path.is_file())
    for path in (HERE / recipe.source, *files):
        digest.update(f"{path.relative_to(HERE)} {path.stat().st_mode & stat.S_IXUSR}".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _forget_unused(images: Path, kind: str) -> None:
    for image in images.glob(f"{kind}-{'?' * 12}"):
        if time.time() - image.stat().st_mtime > UNUSED_LAST:
            say(f"removing {image}, unused for long")
            shutil.rmtree(image)
