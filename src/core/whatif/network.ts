import { type DomainNetwork, isInDomain } from '../domain/index.ts';
import type { Target } from '../target/index.ts';
import type { Normalization } from '../volume/index.ts';
import type { Host } from './try.ts';
import type { Reply } from './types.ts';

/** A prepared volume, as a network is given it. */
interface Given {
  readonly data: Float32Array;
  readonly rawMean: number | null;
}

/** What is asked about every reading: the numbers at the default layer, no maps. */
export function readingScope(model: string, output: string | null, target: Target | null) {
  return {
    model,
    layers: 'default',
    classes: [],
    ...(output !== null && { output }),
    ...(target?.kind === 'similarity' && { target }),
  } as const;
}

type Scope = ReturnType<typeof readingScope>;

/** The question about some readings at once. */
export interface ReadingQuestion extends Scope {
  readonly inputs: readonly Float32Array[];
  readonly inputShape: readonly number[];
  readonly methods: readonly [];
  readonly labels: true;
}

/** An answer as the engine gives it, as far as readings are compared by it. */
interface Explained extends Omit<Reply, 'kind'> {
  readonly target: Pick<Reply, 'kind'>;
  readonly channelMeans: ArrayLike<number> | null;
}

type Answered = Reply & Pick<Explained, 'channelMeans'>;

/**
 * Asks a network about readings, and holds each against its training volumes.
 *
 * @param own what the normalisation `model` stands for
 * @param explain of the engine: an answer, or why there is none, for each input
 */
export function askingNetwork(
  network: DomainNetwork,
  own: Normalization,
  scope: Scope,
  explain: (
    question: ReadingQuestion,
  ) => Promise<readonly (Explained | { readonly reason: string })[]>,
): Pick<Host<Given, Answered>, 'answer' | 'inDomain'> {
  return {
    async answer(inputs) {
      const answers = await explain({
        ...scope,
        inputs: inputs.map(({ data }) => data),
        inputShape: network.inputShape,
        methods: [],
        labels: true,
      });
      return answers.map((answer) =>
        'reason' in answer ? answer : { ...answer, kind: answer.target.kind },
      );
    },
    inDomain: ({ data, rawMean }, { channelMeans }, { normalization }) =>
      isInDomain(network, {
        ...{ data, rawMean, channelMeans },
        normalization: normalization === 'model' ? own : normalization,
      }),
  };
}
