import { AppError } from '../core/errors.ts';
import { DeviceFailure } from './backends/failure.ts';
import { type Activations, computeActivations, releaseActivations } from './explain/activations.ts';
import { explainLayers } from './explain/explain.ts';
import { hasBypass } from './explain/paths.ts';
import { channelMeans } from './explain/maps.ts';
import type { MemoryPlan } from './explain/slabs.ts';
import { TaskYielder } from './explain/yielder.ts';
import { isAlias } from './graph/named.ts';
import { aimOf, type LoadedModel } from './loaded.ts';
import { argmax, checkInput, toClasses, toNodes, toProbabilities } from './request.ts';
import { rowOf } from './target/rows.ts';
import type {
  BackendName,
  BatchRequest,
  Explanation,
  ExplainRequest,
  LayerExplanation,
  Refusal,
  Scope,
  TaskOptions,
} from './types.ts';

/** An answer about one volume, or what the device made of it that is no number. */
export type Outcome = Explanation | DeviceFailure;

/** Answers a request about each volume whose activations are there. */
export async function answersFrom(
  loaded: LoadedModel,
  backend: BackendName,
  from: Activations,
  request: Scope & Pick<ExplainRequest, 'methods'> & Pick<BatchRequest, 'labels'>,
  options: TaskOptions,
  forwardMs = from.forwardMs,
): Promise<Outcome[]> {
  const start = performance.now();
  const aim = aimOf(loaded, request);
  const { network, output } = aim.view;
  const { graph } = network;
  const node = graph.nodes[graph.scores];
  const { target } = aim;
  const row = rowOf(target);
  const { volumes } = from;
  const outputs = volumes.map((volume) => ({ node, values: volume.output }));
  const scores = outputs.map((one) => row.scores(one, target));
  const nodes = toNodes(aim, request.layers);
  const classes = toClasses(aim, request.classes, scores);
  const { methods, statistics } = request;
  const question = { nodes, target, classes, scores, methods, statistics };
  const layers = await explainLayers(network, from, question, options);
  const means = await channelMeans(network, from, toNodes(aim, 'default')[0]);
  const forward = forwardMs / volumes.length;
  const explain = (performance.now() - start) / volumes.length;
  const { activation } = graph;
  return scores.map((own, v) => {
    const found = layers[v];
    if (found instanceof DeviceFailure) return found;
    return {
      model: request.model,
      backend,
      target: {
        kind: target.kind,
        output,
        ...(target.kind === 'difference' && { against: target.against }),
        ...(target.kind === 'similarity' && target.names && { references: target.names }),
        ...(target.kind === 'segmentation' && { region: target.region.kind }),
        ...(row.voxels && { voxels: row.voxels(outputs[v], target) }),
      },
      scores: own,
      probabilities:
        target.kind === 'class' && activation ? toProbabilities(own, activation) : null,
      predicted: argmax(own),
      layers: calledAs(found, request.layers),
      channelMeans: means?.[v] ?? null,
      labels: request.labels && row.labels ? row.labels(outputs[v]) : null,
      timing: { forward, explain, total: forward + explain },
    };
  });
}

/**
 * The layers in the order in which they were asked for. One that was asked for by other names of it, or by several, is
 * called by these.
 */
function calledAs(found: readonly LayerExplanation[], asked: Scope['layers']): LayerExplanation[] {
  if (typeof asked === 'string') return [...found];
  const named = [...new Set(asked)].flatMap((name) => {
    const own = found.find((layer) => layer.name === name || isAlias(layer, name));
    return own ? [{ ...own, name }] : [];
  });
  const others = found.filter(({ name, declared }) => {
    const names = [name, ...(declared.aliases ?? [])];
    return !names.some((one) => asked.includes(one));
  });
  return [...named, ...others];
}

/** How batches are computed. */
export interface BatchSetting {
  readonly backend: BackendName;
  readonly size: number;
  readonly plan: MemoryPlan;
  /** The task is done again on another backend when this one fails. */
  readonly replaceable: boolean;
}

/**
 * Explains volumes batch by batch; those that cannot be explained are refused.
 *
 * @throws DeviceFailure `numbers` when a whole batch comes out as none and another backend may do better
 */
export async function answerBatches(
  loaded: LoadedModel,
  { backend, size, plan, replaceable }: BatchSetting,
  request: BatchRequest,
  options: TaskOptions,
): Promise<(Explanation | Refusal)[]> {
  const { inputs, inputShape } = request;
  const answers: (Explanation | Refusal | undefined)[] = inputs.map((input) =>
    refusalOf(loaded, { input, inputShape }),
  );
  const fitting = [...inputs.keys()].filter((i) => !answers[i]);
  const aim = aimOf(loaded, request);
  const { network } = aim.view;
  const targets = toNodes(aim, request.layers);
  // What goes around a layer is followed down to the input, where a map is asked for.
  const around = request.methods.length > 0 && targets.some((target) => hasBypass(network, target));
  const keepFrom = around ? 0 : Math.min(...targets);
  for (let at = 0; at < fitting.length; at += size) {
    const members = fitting.slice(at, at + size);
    const batch = { inputs: members.map((i) => inputs[i]), shape: inputShape, size };
    const yielder = new TaskYielder(options.signal);
    const from = await computeActivations(network, batch, yielder, plan, keepFrom);
    try {
      const outcomes = await answersFrom(loaded, backend, from, request, options);
      const failures = outcomes.filter((outcome) => outcome instanceof DeviceFailure);
      if (replaceable && failures.length === members.length) throw failures[0];
      for (const [k, outcome] of outcomes.entries())
        answers[members[k]] =
          outcome instanceof DeviceFailure ? { reason: outcome.message } : outcome;
    } finally {
      releaseActivations(from);
    }
  }
  return answers as (Explanation | Refusal)[];
}

function refusalOf(
  loaded: LoadedModel,
  volume: Pick<ExplainRequest, 'input' | 'inputShape'>,
): Refusal | undefined {
  try {
    checkInput(loaded, volume);
    return undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === 'bad-input') return { reason: error.message };
    throw error;
  }
}
