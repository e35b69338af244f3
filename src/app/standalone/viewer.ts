/**
 * The script of the page that a comparison is exported as. It is bundled by `scripts/standalone.mjs` into
 * one text, reads what to show from the page itself and fetches nothing.
 */
import { axisArms } from '../../scene/axisArms.ts';
import { pixelsPerAngstrom, rotated } from '../../scene/camera.ts';
import { scaleBar } from '../../scene/scaleBar.ts';
import { attachViewControls } from '../../scene/viewControls.ts';
import type { CameraState } from '../../state/index.ts';
import { unpackMesh } from './pack.ts';
import { Renderer, type Uploaded } from './renderer.ts';
import type { StandalonePage } from './types.ts';

/** Radians per second. */
const SPEED = Math.PI / 6;

const page = JSON.parse(document.getElementById('content')!.textContent!) as StandalonePage;
const { bounds, lengthUnit } = page;
const home = page.camera;
let camera: CameraState = home;
let wanted = 0;

function show(next: CameraState): void {
  camera = next;
  if (wanted === 0) wanted = requestAnimationFrame(draw);
}

interface Shown {
  readonly canvas: HTMLCanvasElement;
  readonly surfaces: Uploaded;
}

const renderer = startRenderer();
const views = renderer ? page.views.map((view, i) => start(renderer, view, i)) : [];

function startRenderer(): Renderer | null {
  try {
    return new Renderer();
  } catch (error) {
    document.getElementById('message')!.textContent = (error as Error).message;
    return null;
  }
}

function start(gl: Renderer, { mesh, looks }: StandalonePage['views'][number], i: number): Shown {
  const canvas = document.querySelectorAll<HTMLCanvasElement>('canvas.view')[i];
  attachViewControls(canvas, () => ({
    camera,
    bounds,
    onCameraChange: show,
    onReset: () => show(home),
    onClick: () => {},
    onMoving: () => {},
    scrolls: true,
  }));
  new ResizeObserver(() => show(camera)).observe(canvas);
  return { canvas, surfaces: gl.upload(unpackMesh(mesh, bounds), looks) };
}

function draw(): void {
  wanted = 0;
  for (const { canvas, surfaces } of views) {
    const { clientWidth: width, clientHeight: height } = canvas;
    const scale = devicePixelRatio;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    if (canvas.width === 0 || canvas.height === 0) continue;
    renderer!.draw(surfaces, camera, bounds, canvas.width, canvas.height);
    const ctx = canvas.getContext('2d')!;
    ctx.drawImage(renderer!.canvas, 0, 0);
    ctx.scale(scale, scale);
    drawMarks(ctx, width, height);
  }
}

/** Axes in the corner and, in parallel projection, the scale bar. */
function drawMarks(ctx: CanvasRenderingContext2D, width: number, height: number): void {
  ctx.font = '12px system-ui, sans-serif';
  ctx.textAlign = 'center';
  ctx.fillStyle = ctx.strokeStyle = getComputedStyle(document.body).color;
  const [x, y] = [34, height - 34];
  for (const { name, end } of axisArms(camera.quaternion, 20)) {
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(x + end[0], y + end[1]);
    ctx.stroke();
    ctx.fillText(name, x + 1.4 * end[0], y + 1.4 * end[1] + 4);
  }
  if (camera.projection !== 'orthographic') return;
  const perA = pixelsPerAngstrom(camera, bounds, width, height);
  const bar = scaleBar(perA, Math.min(120, width * 0.3), lengthUnit);
  const left = width - 12 - bar.width;
  ctx.fillRect(left, height - 14, bar.width, 3);
  ctx.fillText(bar.label, left + bar.width / 2, height - 19);
}

const turning = document.getElementById('turn') as HTMLInputElement;
let before: number | null = null;
function step(now: number): void {
  if (!turning.checked) {
    before = null;
    return;
  }
  if (before !== null) show(rotated(camera, [0, 1, 0], ((now - before) / 1000) * SPEED));
  before = now;
  requestAnimationFrame(step);
}
turning.addEventListener('change', () => requestAnimationFrame(step));
document.getElementById('reset')!.addEventListener('click', () => show(home));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => show(camera));
show(home);
