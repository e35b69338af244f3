import type { ErrorCode } from '../../core/errors.ts';
import type { FloatVolume } from '../../core/volume/index.ts';
import type { PreparedVolume, PrepareRequest } from '../../state/prepare.ts';
import type { OpenedVolume, Subtomogram } from '../../state/types.ts';

/** To the worker; `id` ties the replies to the request. */
export type FilesRequest =
  | {
      readonly id: number;
      readonly kind: 'open';
      readonly name: string;
      readonly source: Blob | string;
    }
  | {
      readonly id: number;
      readonly kind: 'prepare';
      readonly volume: FloatVolume;
      readonly request: PrepareRequest;
    }
  | {
      readonly id: number;
      readonly kind: 'simulate';
      /** Absolute address of the templates' index. */
      readonly templates: string;
      readonly wanted: Subtomogram;
    }
  | { readonly id: number; readonly kind: 'cancel' };

export type FilesReply =
  | { readonly id: number; readonly kind: 'progress'; readonly fraction: number }
  | { readonly id: number; readonly kind: 'opened'; readonly opened: OpenedVolume[] }
  | { readonly id: number; readonly kind: 'prepared'; readonly prepared: PreparedVolume }
  | {
      readonly id: number;
      readonly kind: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
    };
