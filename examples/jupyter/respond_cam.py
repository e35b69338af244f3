"""Respond-CAM in a notebook: a numpy volume in, the network's answer and its heatmaps out.

Needs `pip install anywidget numpy`, and the app at an address that this notebook may embed, e.g.
`npx respond-cam serve --no-open --port 8618 --embed http://localhost:8888`.
"""

import struct

import anywidget
import numpy as np
import traitlets

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


def mrc_bytes(volume, voxel_size):
    """A little-endian MRC file of a volume `[z, y, x]`; `voxel_size` in angstrom, one number or (x, y, z)."""
    data = np.ascontiguousarray(volume, dtype="<f4")
    if data.ndim != 3:
        raise ValueError(f"the volume has {data.ndim} axes; accepted: three, z, y, x")
    size = data.shape[::-1]
    voxel = np.broadcast_to(np.asarray(voxel_size, dtype=float), 3)
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


class RespondCam(anywidget.AnyWidget):
    """Shows how a network answers to a volume; `answer`, `failure` and `maps` say what came back."""

    _esm = FRONT_END
    app = traitlets.Unicode("http://127.0.0.1:8618/").tag(sync=True)
    height = traitlets.Int(760).tag(sync=True)
    name = traitlets.Unicode("volume.mrc").tag(sync=True)
    network = traitlets.Unicode("").tag(sync=True)
    file = traitlets.Bytes(b"").tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)
    failure = traitlets.Unicode("").tag(sync=True)
    _data = traitlets.List().tag(sync=True)

    def __init__(self, volume=None, voxel_size=1.0, **traits):
        super().__init__(**traits)
        if volume is not None:
            self.show(volume, voxel_size)

    def show(self, volume, voxel_size=1.0):
        """Shows another volume, `[z, y, x]`."""
        self.file = mrc_bytes(volume, voxel_size)

    @property
    def maps(self):
        """By method, the heatmap of the class shown, at its layer's own resolution and unscaled."""
        return {
            about["method"]: np.frombuffer(data, "<f4").reshape(about["shape"])
            for about, data in zip(self.answer.get("maps", []), self._data)
        }
