"""AKS Edge Essentials: its example is bundles/aks-edge.yaml. The tables follow the makers' documentation (page titles beside the rows) and
issues of Azure/AKS-Edge.

No Windows runs here: what stands for an install is what install.ps1 does before its first step. `sealift extract` takes the role's files out of the
verified bundle, and this module lays them at their destinations and fills the templates, by docs/format.md alone. No step is run.
"""
import json
import re
import shutil

import laid
import scratch
from platforms import Site

PROFILE = "aks-edge"
DEFINITION = "bundles/aks-edge.yaml"
IMAGES = ()
INSTALLING = "no Windows runs here: what install.ps1 would copy for the role is laid out; none of its steps is run"
UPSTREAMS = ("https://download.microsoft.com", "https://www.microsoft.com")
REGISTRIES = ()
SETUP = "AksEdge-K3s-1.31.6-1.11.247.0.msi"
# Prerequisites for AKS Edge Essentials offline installation.
CERTIFICATES = {
    "MicrosoftRootCertificateAuthority2011.cer": "/download/2/4/8/248D8A62-FCCD-475C-85E7-6ED59520FC0F/MicrosoftRootCertificateAuthority2011.cer",
    "MicCodSigPCA2011_2011-07-08.crt": "/pkiops/certs/MicCodSigPCA2011_2011-07-08.crt",
}


class Release:
    """What the makers publish at addresses that anyone may ask: the certificates, here STAND-INS."""

    def __init__(self):
        self.assets = {name: f"STAND-IN for {name} of Microsoft\n".encode() for name in CERTIFICATES}
        self.assets[SETUP] = (scratch.ROOT / f"bundles/aks-edge/STAND-IN-{SETUP}").read_bytes()


def publish(world):
    world.release = Release()
    for name, path in CERTIFICATES.items():
        world.mirror.add(path, world.release.assets[name])
    return {}


PLANT = {"NODE_IP": "10.0.0.21", "CLUSTER_IP": "10.0.0.20", "SERVICE_IP": "10.0.0.30", "GATEWAY": "10.0.0.1", "ADAPTER": "Ethernet 2"}
ROLES = {
    "single-machine-cluster": Site(),
    "scalable-first": Site(PLANT),
    "join": Site({"SCALE_CONFIG": "D:\\ScaleConfig.json"}),
}


def valid_configuration(value):
    """The makers' schema, as docs/schema has it, and exactly this value."""
    def rule(data, world):
        import jsonschema
        schema = json.loads((scratch.ROOT / "docs/schema/aksedge-config.schema.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        for error in jsonschema.Draft202012Validator(schema).iter_errors(json.loads(data)):
            return f"is no configuration: {error.json_path}: {error.message}"
        return laid.json_of(value)(data, world)
    return rule


# Single machine deployment: setup, certificates and configuration in one folder. Images are carried into the node one archive after the other (AKS-Edge#40).
EVERY = {
    "AksEdge.msi": laid.file("0644", laid.published(SETUP)),
    **{name: laid.file("0644", laid.published(name)) for name in CERTIFICATES},
    "images": laid.folder(),
    "images/image-ghcr.io_acme_plc-bridge_2.3.1.tar": laid.file("0644", laid.image_archive("ghcr.io/acme/plc-bridge:2.3.1", pinned=True)),
}
MANIFESTS = {
    "manifests": laid.folder(),
    "manifests/plc-bridge.yaml": laid.file("0644", laid.exactly((scratch.ROOT / "bundles/manifests/plc-bridge.yaml").read_bytes())),
}
# Deployment configuration JSON parameters; schema 1.16 came with 1.11.247.0 (tools/aksedge-config.json of that tag).
COMMON = {"SchemaVersion": "1.16", "Version": "1.0", "User": {"AcceptEula": True, "AcceptOptionalTelemetry": False}}
OFFLINE = {"NetworkPlugin": "flannel", "InternetDisabled": True, "SkipDnsCheck": True}
SINGLE = {
    **COMMON, "DeploymentType": "SingleMachineCluster",
    "Network": {**OFFLINE, "Ip4AddressPrefix": "192.168.70.0/24", "SkipAddressFreeCheck": True},
    "Machines": [{"LinuxNode": {"CpuCount": 4, "MemoryInMB": 4096, "DataSizeInGB": 20}}],
}
SCALABLE = {
    **COMMON, "DeploymentType": "ScalableCluster",
    "Init": {"ServiceIPRangeStart": "10.0.0.30", "ServiceIPRangeSize": 10},
    "Network": {
        **OFFLINE, "ControlPlaneEndpointIp": "10.0.0.20", "Ip4GatewayAddress": "10.0.0.1", "Ip4PrefixLength": 24, "DnsServers": ["10.0.0.1"],
    },
    "Machines": [{
        "NetworkConnection": {"AdapterName": "Ethernet 2"},
        "LinuxNode": {"CpuCount": 4, "MemoryInMB": 4096, "DataSizeInGB": 20, "Ip4Address": "10.0.0.21"},
    }],
}
LAID = {
    "single-machine-cluster": {**EVERY, **MANIFESTS, "aksedge-config.json": laid.file("0644", valid_configuration(SINGLE))},
    "scalable-first": {**EVERY, **MANIFESTS, "aksedge-config.json": laid.file("0644", valid_configuration(SCALABLE))},
    "join": {**EVERY, "join.json": laid.file("0644", laid.json_of({"scaleConfig": "D:\\ScaleConfig.json"}))},
}


def install(bundle, root, role, site, key, run):
    """Lays out what install.ps1 would copy for `role`; no step is run."""
    import product
    manifest = json.loads((bundle / "manifest.json").read_text())
    entries = [entry for entry in manifest["entries"] if role in entry.get("roles", [role])]
    folder = scratch.folder("extracted")
    files = [entry["path"] for entry in entries if entry["kind"] != "directory"]
    run(product.tool(), "extract", bundle, *files, "--key", key, "-o", folder)
    variables = {each["name"]: each for each in manifest["variables"] if role in each.get("roles", [role])}
    values = {**{name: each["default"] for name, each in variables.items() if "default" in each}, **site.values}
    for entry in entries:
        target = root / entry.get("destination", entry["path"])
        target.parent.mkdir(parents=True, exist_ok=True)
        if entry["kind"] == "directory":
            target.mkdir(exist_ok=True)
        elif entry["kind"] == "template":
            target.write_text(rendered((folder / entry["path"]).read_text(), variables, values))
        else:
            shutil.copyfile(folder / entry["path"], target)
    scratch.remove(folder)


def rendered(text, variables, values):
    """A template in JSON with its values (docs/format.md §9)."""
    def put(mark):
        if mark[0] == "$$":
            return "$"
        value = values[mark[1]]
        return value if variables[mark[1]]["type"] in ("integer", "port", "boolean") else json.dumps(value)
    return re.sub(r"\$\$|\$\{([A-Z][A-Z0-9_]*)\}", put, text)
