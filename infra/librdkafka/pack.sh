#!/usr/bin/env bash
# Packs the empty stand-in into feed/: a .nupkg is a zip with a nuspec and the two files that OPC asks for.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p feed
python3 - <<'PY'
import zipfile
types = ('<?xml version="1.0" encoding="utf-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
         '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
         '<Default Extension="nuspec" ContentType="application/octet"/></Types>')
rels = ('<?xml version="1.0" encoding="utf-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/librdkafka.redist.nuspec" Id="R1"/></Relationships>')
with zipfile.ZipFile("feed/librdkafka.redist.2.15.1.1.nupkg", "w", zipfile.ZIP_DEFLATED) as package:
    for name, text in (("librdkafka.redist.nuspec", open("librdkafka.redist.nuspec").read()),
                       ("[Content_Types].xml", types), ("_rels/.rels", rels)):
        entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
        package.writestr(entry, text)
PY
