"""Respond-CAM in a notebook: the linked views of a numpy volume. Needs numpy alone.

The app has to be at an address that this notebook may embed, e.g.
`npx respond-cam serve --no-open --port 8618 --embed http://localhost:8888`.
"""

import base64
import json
import struct
import uuid

import numpy as np

APP = "http://127.0.0.1:8618/"

# The protocol is described in docs/embedding.md.
FRONT_END = """
function render({ model, el }) {
  const frame = document.createElement('iframe');
  const app = new URL(model.get('app'), document.baseURI);
  app.searchParams.set('embed', '');
  frame.style.cssText = `width:100%;border:0;height:${model.get('height')}px`;
  let ready = false;
  let asked = 0;
  const ask = () => {
    if (!ready || !model.get('file')) return;
    const { buffer, byteOffset, byteLength } = model.get('file');
    const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
    const volume = { name: model.get('name'), bytes };
    const network = model.get('network') || undefined;
    const request = { respondCam: 'open', id: String(++asked), volume, network };
    frame.contentWindow.postMessage(request, app.origin);
  };
  const listen = ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== app.origin) return;
    if (data.respondCam === 'ready') { ready = true; ask(); }
    if (data.id !== String(asked)) return;
    if (data.respondCam === 'failed') model.set('failure', data.message);
    if (data.respondCam === 'answer') {
      const { maps, scores, probabilities, ...rest } = data.answer;
      model.set('failure', '');
      model.set('_data', maps.map(({ data }) => new DataView(data.buffer, data.byteOffset, data.byteLength)));
      model.set('answer', {
        ...rest,
        scores: Array.from(scores),
        probabilities: probabilities && Array.from(probabilities),
        maps: maps.map(({ data, ...map }) => map),
      });
    }
    model.save_changes();
  };
  addEventListener('message', listen);
  model.on('change:file', ask);
  model.on('change:network', ask);
  frame.src = app.href;
  el.append(frame);
  return () => removeEventListener('message', listen);
}
export default { render };
"""


def mrc_bytes(volume, voxel_size=None):
    """A little-endian MRC file of a volume `[z, y, x]`; `voxel_size` in angstrom, one number, (x, y, z) or unknown."""
    data = np.ascontiguousarray(volume, dtype="<f4")
    if data.ndim != 3:
        raise ValueError(f"the volume has {data.ndim} axes; accepted: three, z, y, x")
    size = data.shape[::-1]
    voxel = np.broadcast_to(np.asarray(0 if voxel_size is None else voxel_size, dtype=float), 3)
    header = bytearray(1024)
    struct.pack_into("<10i", header, 0, *size, 2, 0, 0, 0, *size)
    struct.pack_into("<6f", header, 40, *(n * v for n, v in zip(size, voxel)), 90, 90, 90)
    struct.pack_into("<3i", header, 64, 1, 2, 3)
    struct.pack_into("<3f", header, 76, data.min(), data.max(), data.mean())
    struct.pack_into("<2i", header, 88, 1, 0)
    struct.pack_into("<i", header, 108, 20141)
    header[208:216] = b"MAP DD\0\0"
    struct.pack_into("<f", header, 216, data.std())
    return bytes(header) + data.tobytes()


class RespondCam:
    """Shows how a network answers to a volume `[z, y, x]`, as the last value of a cell."""

    def __init__(self, volume, voxel_size=None, network="", app=APP, height=760):
        file = base64.b64encode(mrc_bytes(volume, voxel_size)).decode()
        self.given = {"file": file, "name": "volume.mrc", "network": network, "app": app, "height": height}

    def _repr_html_(self):
        place = f"respond-cam-{uuid.uuid4().hex}"
        given = json.dumps(self.given).replace("<", "\\u003c")
        return f"""<div id="{place}"><p></p></div>
<script type="module">
{FRONT_END}
const el = document.getElementById('{place}');
const given = {given};
given.file = new DataView(Uint8Array.from(atob(given.file), (c) => c.charCodeAt(0)).buffer);
const model = {{
  get: (name) => given[name],
  set: (name, value) => {{ given[name] = value; }},
  on() {{}},
  save_changes() {{ el.firstChild.textContent = given.failure; }},
}};
render({{ model, el }});
</script>"""
