const known = new Map<string, string>();
let probe: CanvasRenderingContext2D | null = null;

/** The text colour of an element as `rgb(r, g, b)`, whatever notation the style sheet uses. */
export function textColorOf(element: HTMLElement): string {
  const css = getComputedStyle(element).color;
  let rgb = known.get(css);
  if (!rgb) {
    probe ??= document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    if (!probe) return 'rgb(128, 128, 128)';
    probe.fillStyle = css;
    probe.fillRect(0, 0, 1, 1);
    const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
    rgb = `rgb(${r}, ${g}, ${b})`;
    known.set(css, rgb);
  }
  return rgb;
}
