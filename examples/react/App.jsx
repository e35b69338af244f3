import { useState } from 'react';
import { RespondCam } from 'respond-cam/react';

/** The app beside its answer; `volume` is `{ data, shape, voxelSize, origin }` or a file, `{ name, bytes }`. */
export function App({ volume, app = '/respond-cam/index.html' }) {
  const [said, setSaid] = useState('');
  return (
    <>
      <p>{said}</p>
      <RespondCam
        app={app}
        volume={volume}
        network="cnn-2-0.1"
        onAnswer={({ classes, predicted }) => setSaid(classes[predicted])}
        onFailure={(error) => setSaid(error.message)}
        style={{ width: '100%', height: 760 }}
      />
    </>
  );
}
