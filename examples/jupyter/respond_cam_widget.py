"""Respond-CAM as a widget, which hands the answer and the heatmaps to Python: `pip install anywidget numpy`."""

import anywidget
import numpy as np
import traitlets
from respond_cam import APP, FRONT_END, mrc_bytes


class RespondCamWidget(anywidget.AnyWidget):
    """Shows how a network answers to a volume; `answer`, `failure` and `maps` say what came back."""

    _esm = FRONT_END
    app = traitlets.Unicode(APP).tag(sync=True)
    height = traitlets.Int(760).tag(sync=True)
    name = traitlets.Unicode("volume.mrc").tag(sync=True)
    network = traitlets.Unicode("").tag(sync=True)
    file = traitlets.Bytes(b"").tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)
    failure = traitlets.Unicode("").tag(sync=True)
    _data = traitlets.List().tag(sync=True)

    def __init__(self, volume=None, voxel_size=None, **traits):
        super().__init__(**traits)
        if volume is not None:
            self.show(volume, voxel_size)

    def show(self, volume, voxel_size=None):
        """Shows another volume, `[z, y, x]`."""
        self.file = mrc_bytes(volume, voxel_size)

    @property
    def maps(self):
        """By method, the heatmap of the class shown, at its layer's own resolution and unscaled."""
        return {
            about["method"]: np.frombuffer(data, "<f4").reshape(about["shape"])
            for about, data in zip(self.answer.get("maps", []), self._data)
        }
