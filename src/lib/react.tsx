/** `respond-cam/react`: the app with its linked views as a component. */
import { type IframeHTMLAttributes, useEffect, useRef, useState } from 'react';
import { embed, type EmbeddedAnswer, type Embedding, type Shown } from './embed.ts';

export interface RespondCamProps
  extends Shown,
    Omit<IframeHTMLAttributes<HTMLIFrameElement>, 'src'> {
  /** Where the app is hosted. */
  readonly app: string | URL;
  /** Gets the answer about what is shown, or why there is none. */
  readonly onAnswer?: (answer: EmbeddedAnswer) => void;
  readonly onFailure?: (error: Error) => void;
}

/**
 * Shows how a network answers to a volume. A new `volume` or `network` (by identity) is shown in place of the one
 * before; the app stays loaded.
 */
export function RespondCam(props: RespondCamProps) {
  const { app, volume, network, onAnswer, onFailure, title = 'Respond-CAM', ...rest } = props;
  const frame = useRef<HTMLIFrameElement>(null);
  const [embedding, setEmbedding] = useState<Embedding | null>(null);
  const address = String(app);
  const callbacks = useRef({ onAnswer, onFailure });
  callbacks.current = { onAnswer, onFailure };

  useEffect(() => {
    const made = embed(frame.current!, address);
    setEmbedding(made);
    return made.close;
  }, [address]);

  useEffect(() => {
    if (!embedding || (!volume && !network)) return;
    let current = true;
    embedding.show({ volume, network }).then(
      (answer) => current && callbacks.current.onAnswer?.(answer),
      (error: Error) => current && callbacks.current.onFailure?.(error),
    );
    return () => {
      current = false;
    };
  }, [embedding, volume, network]);

  return <iframe ref={frame} title={title} {...rest} />;
}
