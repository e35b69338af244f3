import type { Tomograms } from '../../state/tomograms.ts';
import { createWorkerLink, type WorkerLike } from '../../worker/link.ts';

function startWorker(): WorkerLike {
  return new Worker(new URL('./tomograms.worker.ts', import.meta.url), {
    type: 'module',
    name: 'tomograms',
  });
}

/** Reads tomograms in a worker of their own, which reopens a tomogram when it has been restarted. */
export function createTomogramsClient(base: string, start = startWorker): Tomograms {
  const link = createWorkerLink({ name: 'The thread that reads tomograms', start });
  const templates = new URL('templates/index.json', base).href;
  return {
    open: (source, options) => link.call('open', [source], options),
    average: (source, options) => link.call('average', [source], options),
    slice: (source, request, options) => link.call('slice', [source, request], options),
    region: (source, request, options) => link.call('region', [source, request], options),
    boxes: (source, request, options) => link.call('boxes', [source, request], options),
    projections: (source) => link.call('projections', [source]),
    projected: (source, row, edge, options) => link.call('projected', [source, row, edge], options),
    thumbnails: (source, request, options) => link.call('thumbnails', [source, request], options),
    readList: (files, beside) => link.call('readList', [files, beside]),
    selectRows: (files, format, rows) => link.call('selectRows', [files, format, rows]),
    example: (options) => link.call('example', [templates], options),
    close: (source) => link.call('close', [source]),
  };
}
