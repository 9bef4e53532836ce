"""What lies below a folder, to compare before with after: kinds, modes, owners, content."""
import hashlib
import os
import stat


def listing(folder, content=True, times=False):
    """Relative path → what it is. With `content` files by their digest, links by their target; nothing is followed.

    With `times` also when each was changed last; a folder's time tells that something in it came and went."""
    found = {}
    for parent, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(parent, name)
            information = os.lstat(path)
            what = [stat.filemode(information.st_mode), information.st_uid, information.st_gid]
            if stat.S_ISLNK(information.st_mode):
                what.append(os.readlink(path))
            elif stat.S_ISREG(information.st_mode) and content:
                what += [information.st_size, _digest(path)]
            if times is True or times == "files" and not stat.S_ISDIR(information.st_mode):
                what.append(information.st_mtime_ns)
            found[os.path.relpath(path, folder)] = tuple(what)
    return found


def changes(before, after):
    """What differs between two listings, in words; empty when nothing does."""
    gone = [f"gone: {path}" for path in before if path not in after]
    new = [f"new: {path}" for path in after if path not in before]
    return gone + new + [f"changed: {path}: {before[path]} {after[path]}" for path in before if path in after and before[path] != after[path]]


def _digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
