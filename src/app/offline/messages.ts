/** From the page to the service worker: keep these for later without a server. */
export interface KeepRequest {
  readonly kind: 'keep';
  /** `model.json` of the network in use; null for one that did not come with the app. */
  readonly network: string | null;
  /** Samples and lists, relative to the page. */
  readonly files: readonly string[];
}

/** The answer, through the port that came with the request. */
export interface KeepReply {
  readonly kept: boolean;
}
