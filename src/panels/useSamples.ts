import { useState } from 'react';
import { useStore } from 'zustand';
import { bundledSnr, snrSentence } from '../core/simulate/index.ts';
import { actions, currentVolume, type GallerySample, volumesStore } from '../state/index.ts';

interface Samples {
  /** The bundled samples of one noise. */
  readonly samples: readonly GallerySample[];
  /** The one on screen. */
  readonly shown: GallerySample | undefined;
  /** Which noise, `inf` or the SNR. */
  readonly snr: string;
  readonly levels: readonly { readonly value: string; readonly hint: string }[];
  /** Another noise; the same class of it is shown where one is on screen. */
  choose(snr: string): void;
}

export function useSamples(): Samples {
  const gallery = useStore(volumesStore, (state) => state.gallery);
  const shown = useStore(volumesStore, (state) => currentVolume(state)?.sample);
  // Beside an opened file those of before stay listed.
  const last = useStore(volumesStore, ({ items }) =>
    shown ? shown.snr : items.findLast((item) => item.sample)?.sample?.snr,
  );
  const [wanted, setWanted] = useState<{ snr: string; shown: string | undefined } | null>(null);
  const levels = [...new Set(gallery.map(({ snr }) => String(snr)))].map((value) => ({
    value,
    hint: snrSentence(bundledSnr(value === 'inf' ? value : Number(value))),
  }));
  // What was chosen holds until another sample is on screen.
  const chosen = wanted?.shown === shown?.id ? wanted?.snr : undefined;
  const snr = chosen ?? (last === undefined ? (levels[0]?.value ?? 'inf') : String(last));
  return {
    ...{ shown, snr, levels },
    samples: gallery.filter((one) => String(one.snr) === snr),
    choose(next) {
      setWanted({ snr: next, shown: shown?.id });
      const twin = gallery.find(
        (one) => String(one.snr) === next && one.className === shown?.className,
      );
      if (twin) void actions.chooseSample(twin.id);
    },
  };
}
