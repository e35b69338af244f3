import { describe, expect, it } from 'vitest';
import type { EmbeddedAnswer, OpenRequest } from '../../core/embedding/index.ts';
import { answerEmbedder, isEmbedded } from './listen.ts';

const ANSWER = { volume: 'v' } as EmbeddedAnswer;

/** A window in an iframe; what is said to the one around it, and to which origins. */
function embedded(answer: (request: OpenRequest) => Promise<EmbeddedAnswer>) {
  const said: [message: Record<string, unknown>, origin: string][] = [];
  const parent = {
    postMessage: (message: never, origin: string) => void said.push([message, origin]),
  };
  let listen: (event: MessageEvent) => void = () => {};
  const addEventListener = (_: string, listener: typeof listen) => {
    listen = listener;
  };
  answerEmbedder({ parent, addEventListener }, answer);
  const send = (data: unknown, source: unknown = parent, origin = 'https://lab.example') => {
    listen({ data, source, origin } as MessageEvent);
    return new Promise((resolve) => setTimeout(resolve));
  };
  return { said, send, parent };
}

const OPEN = { respondCam: 'open', id: 'a' };

describe('the app in an iframe', () => {
  it('answers the window that embeds it, at the origin that asked', async () => {
    const asked: OpenRequest[] = [];
    const { said, send } = embedded(async (request) => {
      asked.push(request);
      return ANSWER;
    });
    expect(said).toEqual([[{ respondCam: 'ready', protocol: 1 }, '*']]);
    const volume = { name: 'a.npy', bytes: new ArrayBuffer(4) };
    await send({ ...OPEN, volume, network: 'cnn-2-inf' });
    expect(asked).toEqual([{ ...OPEN, volume, network: 'cnn-2-inf' }]);
    expect(said[1]).toEqual([
      { respondCam: 'answer', id: 'a', answer: ANSWER },
      'https://lab.example',
    ]);
  });

  it('does not look at messages of other windows, nor of other programs', async () => {
    let asked = 0;
    const { said, send } = embedded(async () => {
      asked++;
      return ANSWER;
    });
    await send(OPEN, { postMessage: () => {} });
    await send(OPEN, null);
    for (const data of ['open', null, 7, { type: 'open' }, { respondCam: 'close' }])
      await send(data);
    expect([asked, said.length]).toEqual([0, 1]);
  });

  it('says in a sentence why there is no answer', async () => {
    const { said, send } = embedded(() => Promise.reject(new Error('No.')));
    await send(OPEN);
    expect(said[1][0]).toEqual({ respondCam: 'failed', id: 'a', message: 'No.' });
    await send({ ...OPEN, volume: { name: 'a.npy', bytes: [1, 2] } });
    expect(said[2][0].message).toMatch(/^The message: "volume.bytes" is .*an ArrayBuffer/);
    await send({ respondCam: 'open' });
    expect(said[3][0].message).toMatch(/"id" is missing/);
  });

  it('is in one only where the address says so', () => {
    const view = { parent: {} as Window };
    expect(isEmbedded(view, new URLSearchParams('embed'))).toBe(true);
    expect(isEmbedded(view, new URLSearchParams())).toBe(false);
    const top = {} as { parent: Window };
    top.parent = top as unknown as Window;
    expect(isEmbedded(top, new URLSearchParams('embed'))).toBe(false);
  });
});
