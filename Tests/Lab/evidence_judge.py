"""The makers' own tools for lists of contents and provenance, asked about one file each; run by the Python that scripts/fetch-judges makes.

    evidence_judge.py cyclonedx FILE | spdx FILE | provenance JSONL PUB SHA256SUMS | schema SCHEMA FILE

Ends with 0 and says what it counted, or with 1 and says what is wrong. It knows nothing of sealift.
"""
import hashlib
import json
import pathlib
import sys


def cyclonedx(path):
    """The official schema of CycloneDX 1.6, strict: no member that it does not know. Every reference must lead to a component."""
    from cyclonedx.model.bom import Bom
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = pathlib.Path(path).read_text()
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if fault is not None:
        return f"{fault.data.message} at {list(fault.data.absolute_path)}", 0
    bom = Bom.from_json(json.loads(text))
    bom.validate()
    references = {str(component.bom_ref) for component in bom.components} | {str(bom.metadata.component.bom_ref)}
    for dependency in bom.dependencies:
        for reference in (dependency.ref, *(each.ref for each in dependency.dependencies)):
            if str(reference) not in references:
                return f"{reference} is no component", 0
    return None, len(bom.components)


def spdx(path):
    from spdx_tools.spdx.parser.parse_anything import parse_file
    from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

    document = parse_file(path)
    faults = validate_full_spdx_document(document)
    if faults:
        return "; ".join(f"{each.validation_message} ({each.context.spdx_id})" for each in faults[:5]), 0
    return None, len(document.packages)


def provenance(lines, key, sums):
    """Each line: securesystemslib verifies the envelope, in-toto's own classes read what it holds."""
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from google.protobuf import json_format
    from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
    from in_toto_attestation.v1.statement import Statement
    from in_toto_attestation.v1 import statement_pb2
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import VerificationError
    from securesystemslib.signer import SSlibKey

    root = hashlib.sha256(pathlib.Path(sums).read_bytes()).hexdigest()
    public = load_pem_public_key(pathlib.Path(key).read_bytes())
    vouching = 0
    for line in pathlib.Path(lines).read_text().splitlines():
        raw = json.loads(line)
        # It looks for signatures by their key id; which key they are by, the signature decides. Reading takes the members out of `raw`.
        trusted = SSlibKey.from_crypto(public, keyid=raw["signatures"][0]["keyid"])
        envelope = Envelope.from_dict(raw)
        try:
            envelope.verify([trusted], 1)
        except VerificationError:
            continue
        message = json_format.ParseDict(json.loads(envelope.payload), statement_pb2.Statement())
        Statement.copy_from_pb(message).validate()
        if envelope.payload_type != "application/vnd.in-toto+json" or message.predicate_type != "https://slsa.dev/provenance/v1":
            return "the type is not that of provenance", 0
        if [dict(each.digest) for each in message.subject] != [{"sha256": root}]:
            return "the subject is not SHA256SUMS", 0
        predicate = json_format.MessageToDict(message.predicate)
        # Unknown members are an error here: the predicate is SLSA's own, and nothing else.
        read = json_format.ParseDict(predicate, provenance_pb2.Provenance())
        for dependency in read.build_definition.resolved_dependencies:
            if not dependency.uri and not dependency.digest:
                return f"{dependency.name} has neither address nor digest", 0
        vouching += 1
    return (None, vouching) if vouching else ("no line is signed by that key", 0)


def schema(path, file):
    import jsonschema

    rules = json.loads(pathlib.Path(path).read_text())
    jsonschema.Draft202012Validator.check_schema(rules)
    fault = next(iter(jsonschema.Draft202012Validator(rules).iter_errors(json.loads(pathlib.Path(file).read_text()))), None)
    return (f"{fault.message} at {list(fault.absolute_path)}", 0) if fault else (None, 1)


if __name__ == "__main__":
    complaint, count = {"cyclonedx": cyclonedx, "spdx": spdx, "provenance": provenance, "schema": schema}[sys.argv[1]](*sys.argv[2:])
    print(complaint or count)
    sys.exit(1 if complaint else 0)
