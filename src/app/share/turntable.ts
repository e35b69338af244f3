import { aborted, AppError } from '../../core/errors.ts';
import { type VideoFrame as CodedFrame, writeWebm } from '../../core/export/index.ts';
import { rotated } from '../../scene/camera.ts';
import { drawColumnHead, drawSceneScale } from '../picture/parts.ts';
import { sceneSize } from '../picture/index.ts';
import { pageStyle, Pen } from '../picture/pen.ts';
import { type PictureContent, pictureOfPage } from '../picture/pictureContent.ts';
import { isDrawn, renderView } from '../picture/shownScene.ts';
import { nextTask } from '../../state/nextTask.ts';

const FRAMES = 100;
const PER_SECOND = 20;
const KEY_EVERY = 25;
/** Pixels; columns share it. */
const MOST_WIDTH = 1600;
const HEAD = 30;
const GAP = 16;
const CODINGS = [
  { codec: 'vp09.00.41.08', name: 'V_VP9' },
  { codec: 'vp8', name: 'V_VP8' },
] as const;

interface FilmOptions {
  readonly signal: AbortSignal;
  onProgress(fraction: number): void;
}

/**
 * All columns turning once about the vertical of the screen, as a WebM film that runs evenly however long a
 * picture takes to draw.
 * @throws AppError `unsupported` where the browser cannot code films
 */
export async function filmTurntable({ signal, onProgress }: FilmOptions): Promise<Blob> {
  const page = pictureOfPage();
  const content = page && { ...page, columns: page.columns.filter(({ id }) => isDrawn(id)) };
  if (
    !content ||
    content.columns.length === 0 ||
    content.columns[0].slices.density.shape[0] === 1
  ) {
    throw new AppError('unsupported', 'There is nothing in 3D that could be turned.');
  }
  const scene = sceneSize(content);
  const count = content.columns.length;
  const across = count * scene.width + (count + 1) * GAP;
  const scale = Math.min(1.5, MOST_WIDTH / across);
  const even = (length: number) => 2 * Math.round((length * scale) / 2);
  const [width, height] = [even(across), even(scene.height + HEAD + 2 * GAP)];
  const canvas = new OffscreenCanvas(width, height);
  const pen = new Pen(canvas.getContext('2d')!, scale, pageStyle(), scale);

  const frames: CodedFrame[] = [];
  const { encoder, name, failure } = await startEncoder(width, height, frames);
  try {
    for (let i = 0; i < FRAMES; i++) {
      if (signal.aborted) throw aborted();
      drawFrame(pen, content, scene, (2 * Math.PI * i) / FRAMES);
      const frame = new VideoFrame(canvas, {
        timestamp: Math.round((i * 1e6) / PER_SECOND),
        duration: Math.round(1e6 / PER_SECOND),
      });
      encoder.encode(frame, { keyFrame: i % KEY_EVERY === 0 });
      frame.close();
      onProgress((i + 1) / FRAMES);
      do await nextTask();
      while (encoder.encodeQueueSize > 4 && encoder.state === 'configured');
      failure();
    }
    await encoder.flush();
    failure();
  } finally {
    if (encoder.state !== 'closed') encoder.close();
  }
  const duration = (1000 * FRAMES) / PER_SECOND;
  const bytes = writeWebm(frames, { codec: name, width, height, duration }, content.program);
  return new Blob([bytes], { type: 'video/webm' });
}

function drawFrame(
  pen: Pen,
  content: PictureContent,
  scene: { readonly width: number; readonly height: number },
  angle: number,
): void {
  const { ctx, scale, style } = pen;
  ctx.fillStyle = style.ground ?? '#ffffff';
  ctx.fillRect(0, 0, 1e4, 1e4);
  const camera = rotated(content.view.camera, [0, 1, 0], angle);
  content.columns.forEach((column, i) => {
    const box = { x: GAP + i * (scene.width + GAP), y: GAP + HEAD, ...size(scene) };
    drawColumnHead(pen, column, { ...box, y: GAP, height: HEAD });
    const pixels = renderView(column.id, box.width, box.height, scale, style.text, camera);
    const layer = new OffscreenCanvas(pixels.width, pixels.height);
    const image = new ImageData(pixels.data, pixels.width, pixels.height);
    layer.getContext('2d')!.putImageData(image, 0, 0);
    ctx.drawImage(layer, box.x, box.y, box.width, box.height);
    drawSceneScale(pen, content, box);
  });
}

const size = ({ width, height }: { readonly width: number; readonly height: number }) => ({
  width,
  height,
});

async function startEncoder(width: number, height: number, frames: CodedFrame[]) {
  const refused =
    'This browser cannot make films; Chrome, Edge, Firefox and Safari of this year can.';
  if (!('VideoEncoder' in globalThis)) throw new AppError('unsupported', refused);
  const config = { width, height, bitrate: 6e6, framerate: PER_SECOND };
  for (const { codec, name } of CODINGS) {
    const { supported } = await VideoEncoder.isConfigSupported({ ...config, codec });
    if (!supported) continue;
    let problem: unknown = null;
    const encoder = new VideoEncoder({
      output(chunk) {
        const data = new Uint8Array(chunk.byteLength);
        chunk.copyTo(data);
        frames.push({ data, time: chunk.timestamp / 1000, key: chunk.type === 'key' });
      },
      error(cause) {
        problem = cause;
      },
    });
    encoder.configure({ ...config, codec });
    const failure = () => {
      if (problem) throw new AppError('unsupported', refused, { cause: problem });
    };
    return { encoder, name, failure };
  }
  throw new AppError('unsupported', refused);
}
