import Format
import Values

extension Requirement.Rule {
    /// Whether it is judged by files and space, in an image too.
    var isOnFiles: Bool {
        switch self {
        case .disk, .pathAbsent, .program, .inodes, .diskShare, .growth, .fileSystem: true
        default: false
        }
    }

    /// What is asked for, in words.
    var limit: String {
        func list(_ words: [String]) -> String { words.joined(separator: ", ") }
        return switch self {
        case .cores(let minimum): "at least \(minimum)"
        case .memory(let minimum): "at least \(minimum.formatted)"
        case .disk(let path, let minimum): "at least \(minimum.formatted) at \(path) besides the bundle"
        case .kernel(let minimum): "at least \(minimum)"
        case .kernelConfig(let options): "\(options.count) options on"
        case .kernelModule(let modules): list(modules)
        case .cgroup(let v2, let v1): "v2 with \(list(v2))" + (v1.map { "; or v1 with \(list($0))" } ?? "")
        case .port(let ranges): "free: " + list(ranges.map(\.description))
        case .defaultRoute: "one default route"
        case .routeOverlap(let networks): "no route in " + list(networks)
        case .pathAbsent(let paths): "absent: " + list(paths)
        case .program(let programs): list(programs)
        case .systemd(let minimum): "systemd \(minimum) or newer"
        case .hostName: "a lower-case host name"
        case .sysctl(let key, let minimum): "\(key) at least \(minimum)"
        case .swapOff: "no swap"
        case .cpu(let level, let features):
            list([level?.rawValue, features.isEmpty ? nil : "on arm64 " + list(features)].compactMap(\.self))
        case .inodes(let path, let minimum): "at least \(minimum) more files at \(path) besides the bundle"
        case .diskShare(let path, let minimum): "at least \(minimum) % free at \(path) with the bundle"
        case .growth(let path, let estimate): "about \(estimate.formatted) at \(path) later, an estimate"
        case .fileSystem(let path, let traits): "\(path): \(list(traits.map(\.rawValue)))"
        case .fileSystemDriver(let types): list(types)
        case .writeLatency(let path, let maximum): "99 of 100 writes at \(path) within \(maximum) ms"
        case .solidState(let path): "no rotating disk at \(path)"
        case .linkSpeed(let minimum): "at least \(minimum) Mbit/s"
        case .resolver: "a name server of the site"
        case .hostsEntry(let names): "in /etc/hosts: " + list(names)
        case .selinux: "a policy where SELinux enforces"
        case .apparmor: "apparmor_parser where AppArmor is on"
        case .fapolicyd(let paths): "where fapolicyd runs, programs may start below " + list(paths)
        case .firewall(let ports, let networks):
            ports.isEmpty && networks.isEmpty
                ? "nothing in the way" : "let in: " + list(ports.map(\.description) + networks.map { "all from " + $0 })
        case .unitInactive(let units): "not running: " + list(units)
        case .snapd(let minimum): "snapd \(minimum) or newer, snaps below /snap"
        case .certificate(let paths): "valid now: " + list(paths)
        case .windows(let rule): rule.kindName
        }
    }

    /// What a person can do where the rule's author wrote nothing down.
    var usualFix: String {
        switch self {
        case .cores: "take a machine with more processors, or give this one more if it is virtual"
        case .memory: "take a machine with more memory, or give this one more if it is virtual"
        case .disk(let path, _), .diskShare(let path, _), .growth(let path, _):
            "free space at \(path), or mount a larger disk there"
        case .inodes(let path, _): "remove small files at \(path), or make its file system with more inodes"
        case .kernel: "boot a newer kernel of the distribution"
        case .kernelConfig: "boot the distribution's own kernel"
        case .kernelModule, .fileSystemDriver: "install the distribution's package of further kernel modules"
        case .cgroup: "boot with cgroup v2: systemd.unified_cgroup_hierarchy=1 on the kernel's command line"
        case .port: "stop the program that listens there"
        case .defaultRoute: "give the machine a default route, be it one that leads nowhere"
        case .routeOverlap: "choose other networks for pods and services, or take the route away"
        case .pathAbsent: "move away what is there"
        case .program(let programs): "install the packages with \(programs.joined(separator: ", "))"
        case .systemd: "take a machine that boots with a newer systemd"
        case .hostName: "hostnamectl set-hostname with a name of a-z, 0-9, - and dots, of at most 63 characters"
        case .sysctl(let key, let minimum):
            "write `\(key) = \(minimum)` into a file of /etc/sysctl.d, then sysctl --system"
        case .swapOff: "swapoff -a, and take the swap out of /etc/fstab"
        case .cpu: "take a machine with a newer processor; of a virtual one, let its processor be the host's"
        case .fileSystem(let path, _): "mount another file system at \(path), or this one with other options"
        case .writeLatency: "put this folder on a faster disk: an SSD, no memory card"
        case .solidState(let path): "mount an SSD at \(path)"
        case .linkSpeed: "use a faster port, cable or switch"
        case .resolver: "write `nameserver ADDRESS` of a server of the site into /etc/resolv.conf"
        case .hostsEntry(let names): "write `127.0.0.1 \(names.joined(separator: " "))` into /etc/hosts"
        case .selinux: "install the platform's package of policy; do not switch SELinux off"
        case .apparmor: "install the package apparmor"
        case .fapolicyd: "add the rules; do not switch fapolicyd off"
        case .firewall: "add the rules; do not switch the packet filter off"
        case .unitInactive: "stop them and disable them with systemctl"
        case .snapd: "install a newer snapd; where there is no /snap: ln -s /var/lib/snapd/snap /snap"
        case .certificate: "set the clock; renew what has expired"
        case .windows: "take the bundle to a Windows machine"
        }
    }
}
