import Values

/// The text of install.sh.
enum InstallScript {
    /// A POSIX shell script for machines of `architecture`.
    ///
    /// It asks the copy for its version to find out whether the place lets programs run: `test -x` of some shells looks at
    /// the mode only, and noexec does not show there.
    static func bytes(for architecture: Architecture) -> [UInt8] {
        Array(
            #"""
            #!/bin/sh
            # Starts sealift-install from a private copy: sticks are mounted noexec, and FAT keeps no execute bit.
            # Started unchecked it finds damage, not an attacker. README.txt says how to check this bundle first.
            set -eu
            here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
            machine=$(uname -m)
            [ "$machine" = \#(architecture.machineName) ] || { echo "install.sh: error: this bundle is for \#(architecture.machineName), this machine is $machine" >&2; exit 4; }
            trap : HUP INT TERM # the installer decides what to do; the copy goes in any case
            for place in "${TMPDIR:-/tmp}" /var/tmp /run /root; do
                copy=$(mktemp -d "$place/sealift.XXXXXXXX" 2>/dev/null) || continue
                if cp -- "$here/sealift-install" "$copy/" && chmod 0700 "$copy/sealift-install" \
                    && "$copy/sealift-install" --version >/dev/null 2>&1; then
                    status=0
                    "$copy/sealift-install" --bundle "$here" "$@" || status=$?
                    rm -rf -- "$copy"
                    exit "$status"
                fi
                rm -rf -- "$copy"
            done
            echo "install.sh: error: cannot run programs below ${TMPDIR:-/tmp}, /var/tmp, /run or /root; set TMPDIR to a folder where they may run" >&2
            exit 10

            """#.utf8)
    }
}
