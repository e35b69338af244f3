import { CAM_METHODS, type CamMethod, methodRow } from '../core/cam/index.ts';
import type { SelectGroup, SelectItem } from '../ui/Select.tsx';

/** The methods for a menu, by where their maps lie. @param averaged whether averages of the layer make the scores */
export function methodGroups(averaged: boolean): SelectGroup[] {
  const isOfLayer = (method: CamMethod) => methodRow(method).at === 'layer';
  const toItem = (method: CamMethod): SelectItem => {
    const row = methodRow(method);
    const disabled = row.at === 'layer' && row.ofAverages && !averaged;
    return {
      ...{ value: method, label: row.name, hint: row.about, disabled },
      ...(disabled && { detail: 'not at this layer' }),
    };
  };
  return [
    { label: 'At the layer', items: CAM_METHODS.filter(isOfLayer).map(toItem) },
    {
      label: "On the input's grid",
      items: CAM_METHODS.filter((method) => !isOfLayer(method)).map(toItem),
    },
  ];
}
