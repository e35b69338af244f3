import {
  type FromApp,
  type OpenRequest,
  openRequest,
  PROTOCOL,
} from '../../core/embedding/index.ts';
import { sentence } from '../../core/errors.ts';
import { validate } from '../../core/schema/index.ts';

/** The part of a window that is used here; tests pass their own. */
export interface Embedded {
  readonly parent: unknown;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

/** Whether the address asks for an app that another page fills. */
export function isEmbedded(view: Pick<Window, 'parent'>, query: URLSearchParams): boolean {
  return query.has('embed') && view.parent !== view;
}

/**
 * Answers the requests of the window that embeds the app, one after the other. Messages from any other window, and
 * those of other programs, are not looked at; an answer goes to the origin that asked and to nobody else.
 */
export function answerEmbedder(
  view: Embedded,
  answer: (request: OpenRequest) => Promise<Extract<FromApp, { respondCam: 'answer' }>['answer']>,
): void {
  const parent = view.parent as Pick<Window, 'postMessage'>;
  let queue: Promise<void> = Promise.resolve();
  view.addEventListener('message', ({ source, origin, data }) => {
    if (source !== parent || typeof data !== 'object' || data?.respondCam !== 'open') return;
    const reply = (message: FromApp) => parent.postMessage(message, origin);
    const id = String(data.id).slice(0, 100);
    queue = queue.then(async () => {
      try {
        const request = validate(openRequest, data, 'The message');
        reply({ respondCam: 'answer', id, answer: await answer(request) });
      } catch (error) {
        reply({ respondCam: 'failed', id, message: sentence(error) });
      }
    });
  });
  // Whoever it is may know that there is an app that listens.
  parent.postMessage({ respondCam: 'ready', protocol: PROTOCOL } satisfies FromApp, '*');
}
