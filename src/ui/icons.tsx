import type { ReactNode } from 'react';

/** 16 px line drawings in the colour of the text; names come from the control around them. */
function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg
      aria-hidden="true"
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {children}
    </svg>
  );
}

const drawing = (d: string) => () => (
  <Icon>
    <path d={d} />
  </Icon>
);

export const ChevronIcon = drawing('M4.5 6.5 8 10l3.5-3.5');
export const PanelIcon = drawing('M2 3h12v10H2zM6 3v10M8.5 6h3M8.5 8.5h3');
export const RailIcon = drawing('M2 3h12v10H2zM6 3v10');
export const StripIcon = drawing('M2 3h12v10H2zM2 9.5h12M6 9.5V13M10 9.5V13');
export const GripIcon = drawing('M6 3.5v.05M10 3.5v.05M6 8v.05M10 8v.05M6 12.5v.05M10 12.5v.05');
export const CheckIcon = drawing('m3.5 8.5 3 3 6-7');
export const CloseIcon = drawing('m4 4 8 8m0-8-8 8');
export const UndoIcon = drawing('M6 3 2.5 6.5 6 10M3 6.5h6.5a4 4 0 0 1 0 7.5H7');
export const RedoIcon = drawing('m10 3 3.5 3.5L10 10m3-3.5H6.5a4 4 0 0 0 0 7.5H9');
export const DownloadIcon = drawing('M8 2.5v8m-3-3 3 3 3-3M3 13.5h10');
export const ShareIcon = drawing('M8 9.5v-7m-3 3 3-3 3 3M5 7.5H3.5v6h9v-6H11');
export const OpenIcon = drawing('M2 12.5v-9h4l1.5 2H14v7zM8 11V7.5M6.5 9 8 7.5 9.5 9');
export const HelpIcon = drawing(
  'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M6.3 6.4a1.75 1.75 0 1 1 2.5 1.8c-.5.2-.8.6-.8 1.1M8 11.3v.05',
);
export const SunIcon = drawing(
  'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6M8 1.5v1m0 11v1M1.5 8h1m11 0h1M3.4 3.4l.7.7m7.8 7.8.7.7m0-9.2-.7.7m-7.8 7.8-.7.7',
);
export const MoonIcon = drawing('M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7');
export const SystemThemeIcon = drawing('M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M8 2v12M9.5 4v8m2-6.5v5');
export const SlidersIcon = drawing(
  'M2 5h6m4 0h2M2 11h2m4 0h6M10 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4M6 13a2 2 0 1 0 0-4 2 2 0 0 0 0 4',
);
export const WarningIcon = drawing('M8 2.2 14.5 13.5h-13zM8 6.5v3.2M8 11.6v.05');
export const ParallelIcon = drawing('M2.5 2.5h11v11h-11zM2.5 8h11M8 2.5v11');
export const PerspectiveIcon = drawing('M2 3h12l-3 10H5zM3.6 8h8.8M8 3v10');
export const ResetIcon = drawing('M3 8a5 5 0 1 0 1.6-3.7M3 2.5v3h3');
export const PlusIcon = drawing('M8 3.5v9M3.5 8h9');
export const MinusIcon = drawing('M3.5 8h9');
export const FitIcon = drawing('M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10');
export const MoreIcon = drawing('M3.5 8v.05M8 8v.05M12.5 8v.05');
export const ProcessorIcon = drawing(
  'M4.5 4.5h7v7h-7zM6.5 2v2.5M9.5 2v2.5M6.5 11.5V14M9.5 11.5V14M2 6.5h2.5M2 9.5h2.5M11.5 6.5H14M11.5 9.5H14',
);
export const CompareIcon = drawing('M2.5 3h4.5v10H2.5zM9 3h4.5v10H9z');
