import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { embed } from './embed.ts';

const APP = 'https://example.org/app/';
const page = new EventTarget();

/** An iframe whose window keeps what it is sent. */
function frame() {
  const sent: { volume?: { bytes: unknown } }[] = [];
  const contentWindow = { postMessage: (request: object) => sent.push(request) };
  const made = Object.assign(new EventTarget(), { contentWindow, src: '' });
  return { sent, contentWindow, element: made as unknown as HTMLIFrameElement };
}

const ready = (source: object) =>
  page.dispatchEvent(
    Object.assign(new Event('message'), {
      source,
      origin: new URL(APP).origin,
      data: { respondCam: 'ready' },
    }),
  );

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', { baseURI: 'https://example.org/' });
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('says that no app is where a page loads and nothing answers', async () => {
  const { element } = frame();
  const { show } = embed(element, APP);
  const said = expect(show({ network: 'cnn-2-0.1' })).rejects.toThrow(
    `${APP}: no Respond-CAM answers there`,
  );
  element.dispatchEvent(new Event('load'));
  await vi.advanceTimersByTimeAsync(30_000);
  await said;
  await expect(show({ network: 'cnn-2-0.1' })).rejects.toThrow('no Respond-CAM answers there');
});

it('sends the bytes of a part of a buffer alone', async () => {
  const { element, contentWindow, sent } = frame();
  const { show, close } = embed(element, APP);
  const bytes = Uint8Array.of(1, 2, 3, 4).subarray(1, 3);
  const answer = show({ volume: { name: 'a.mrc', bytes } });
  ready(contentWindow);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sent[0].volume?.bytes).toEqual(Uint8Array.of(2, 3).buffer);
  close();
  await expect(answer).rejects.toThrow('Cancelled');
});
