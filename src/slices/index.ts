export { HeatColorBar } from './HeatColorBar.tsx';
export { type Panel, Slices } from './Slices.tsx';
