import { isVoxelSize } from '../core/volume/index.ts';
import { actions, type VolumeItem } from '../state/index.ts';
import { FormRow } from '../ui/FormRow.tsx';
import { NumbersField } from '../ui/NumbersField.tsx';
import { ToggleGroup } from '../ui/ToggleGroup.tsx';

/** Findings about a file whose sections may be volumes or images. */
const DOUBTS: ReadonlySet<string> = new Set([
  'image-stack',
  'single-image',
  'single-axes',
  'space-group-0',
  'name-and-header-differ',
]);

/** How a file is meant, where it leaves a doubt: what its sections are, and its voxel size. */
export function ReadingForm({ item }: { readonly item: VolumeItem }) {
  const { report, file, volume } = item;
  if (item.tile) return null;
  if (typeof file.source === 'object' && 'seed' in file.source) return null;
  const doubtful =
    file.reading.readAs !== undefined || report.findings.some(({ code }) => DOUBTS.has(code));
  const sized = file.reading.voxelSize !== undefined || !volume.voxelSizeKnown;
  if (!doubtful && !sized) return null;
  const images = report.kind === 'image' || report.kind === 'image-stack';
  return (
    <>
      {doubtful && (
        <FormRow label="Sections">
          <ToggleGroup
            label="What the sections of the file are"
            value={images ? 'images' : 'volume'}
            onChange={(readAs) => void actions.readAgain(item.id, { readAs })}
            choices={[
              { value: 'volume', label: 'One volume' },
              { value: 'images', label: 'Images' },
            ]}
          />
        </FormRow>
      )}
      {sized && (
        <FormRow label="Voxel size (Å)">
          <NumbersField
            label="Voxel size in Å"
            narrow
            values={volume.voxelSizeKnown ? [volume.voxelSize[0]] : []}
            limit={1}
            onCommit={([voxelSize]) => {
              if (isVoxelSize(voxelSize)) void actions.readAgain(item.id, { voxelSize });
            }}
          />
        </FormRow>
      )}
    </>
  );
}
