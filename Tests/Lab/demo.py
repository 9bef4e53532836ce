"""The main job from end to end, for scripts/demo: build, sign, verify with stock tools, refuse a tampered copy, install.

    demo.py TOOL DIR [PROFILE]

leaves DIR/bundle (one bundle's folder), DIR/site.pub, DIR/root (what was laid). What differs between platforms is in platforms/.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

import platforms
import product
import world


def main(tool, folder, profile="k3s"):
    if profile not in platforms.names():
        sys.exit(f"demo: nothing stands for a release of {profile} yet: {', '.join(platforms.names())}")
    platform = platforms.load(profile)
    for name in ("bundle", "root", "site.pub", "site.key", "stick", "cache"):
        remove(folder / name)
    folder.mkdir(parents=True, exist_ok=True)
    say("a key for the site", "in earnest it has a passphrase, and stays at home")
    show(tool, "keygen", folder / "site", "--no-passphrase")
    bundle = build(tool, folder, platform)
    check_with_stock_tools(folder, bundle)
    say("check with sealift", "every stored byte, then unpacked in memory")
    show(tool, "verify", bundle, "--key", folder / "site.pub", "--deep")
    refuse_tampered_copy(tool, folder, bundle)
    install(platform, folder, bundle)
    tell(folder)


def build(tool, folder, platform):
    """The bundle's folder, built from servers of our own; the definition is copied, so that the tree stays clean."""
    say("a world to build from", f"a mirror with a release for {platform.PROFILE} (its programs are STAND-INS), a registry with its images")
    with world.World(platform=platform.PROFILE) as connected:
        remove(folder / "definition")
        definition = platforms.copy_definition(platform, folder / "definition")
        say("build", platform.DEFINITION)
        show(tool, "build", definition, "-o", folder / "stick", "--key", folder / "site.key", "--cache", folder / "cache", *connected.options)
    built = next((folder / "stick").iterdir()).rename(folder / "bundle")
    (folder / "stick").rmdir()
    return built


def check_with_stock_tools(folder, bundle):
    say("check with stock tools", "no program of ours takes part")
    signature = next((bundle / "signatures").glob("*.sig"))
    show("openssl", "dgst", "-sha256", "-verify", folder / "site.pub", "-signature", signature, bundle / "SHA256SUMS")
    show("sha256sum", "--quiet", "-c", "SHA256SUMS", cwd=bundle)
    print("sha256sum: every file is what was signed")


def refuse_tampered_copy(tool, folder, bundle):
    say("a tampered copy", "one bit of the payload is flipped")
    copy = folder / "tampered"
    remove(copy)
    shutil.copytree(bundle, copy)
    part = (sorted(copy.glob("payload-*.tar.zst")) or sorted(file for file in (copy / "payload").rglob("*") if file.is_file()))[-1]
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
    show(tool, "verify", copy, "--key", folder / "site.pub", status=product.Exit.DAMAGED)
    shutil.rmtree(copy)
    print(f"refused, exit status {product.Exit.DAMAGED}")


def install(platform, folder, bundle):
    say("install", getattr(platform, "INSTALLING", "into a scratch root, as for an image; on a site it is `sudo sh install.sh`"))
    root = folder / "root"
    root.mkdir()
    platforms.install(platform, bundle, root, next(iter(platform.ROLES)), folder / "site.pub", show)


def tell(folder):
    say("what is where")
    for path in sorted((folder / "root").rglob("*")):
        if not path.is_dir() or path.is_symlink():
            where = f" -> {path.readlink()}" if path.is_symlink() else f"  {path.stat().st_size} bytes"
            print(f"  /{path.relative_to(folder / 'root')}{where}")
    print(f"\nbundle  {folder / 'bundle'}\nkey     {folder / 'site.pub'}\nroot    {folder / 'root'}")


def show(program, *arguments, status=0, cwd=None):
    """Runs a command in sight of the reader: the command itself, then what it says."""
    words = [str(program), *map(str, arguments)]
    shown = " ".join(words)
    print(f"$ {shown if len(shown) < 160 else shown[:156] + ' …'}", flush=True)
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(words, cwd=cwd, env=product.environment(home), stdin=subprocess.DEVNULL)
    if done.returncode != status:
        sys.exit(f"demo: {program} ended with {done.returncode}, expected {status}")


def say(title, more=""):
    print(f"\n== {title}{': ' if more else ''}{more}", flush=True)


def remove(path):
    shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve(), *sys.argv[3:])
