/**
 * Makes the density templates of the 23 classes from structures that are not part of the project:
 *
 *     node scripts/run.mjs scripts/make-templates.ts --structures DIR [--out public/templates]
 *
 * DIR holds `classes.tsv` (one row per class; its `interpretation` column says how to read the file)
 * and the gzipped PDB, mmCIF and MRC files it names. Templates are `[40, 40, 40]` at 10 Å, low-passed
 * to 40 Å, centred, in electrons per Å^3 with the molecule POSITIVE; the simulator turns the contrast.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { sentence } from '../src/core/errors.ts';
import { writeMrc } from '../src/core/mrc/index.ts';
import { TEMPLATE_GRID } from '../src/core/simulate/defaults.ts';
import type { TemplateEntry, TemplateIndex } from '../src/core/simulate/templates.ts';
import {
  assemble,
  atomsToDensity,
  DALTON_PER_ELECTRON,
  mapToDensity,
  measureAtoms,
  measureDensity,
  operatorCount,
  readStructure,
  selectChains,
} from '../src/core/structure/index.ts';
import { floatVolume, openVolume } from '../src/core/volume/index.ts';
import type { FloatVolume } from '../src/core/volume/types.ts';

interface ClassRow {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  readonly interpretation: string;
  readonly heavy_atom_kDa: string;
  readonly origin: string;
  readonly licence: string;
}

/**
 * What the structures say of themselves and the table does not: REMARK 350 of 4JSV gives two biological
 * units, chains B, D and A, C; the second operator of 1QVR's file comes from UCSF Chimera and is a
 * two-fold that its space group P2(1)2(1)2(1) does not have; the map of 4CR2 weighs 1.14 MDa with
 * hydrogens, a whole core of 28 subunits with one cap 1.6 MDa.
 */
const REMARKS: Readonly<Record<string, { readonly name: string; readonly remark: string }>> = {
  '4CR2': {
    name: '26S proteasome (yeast, half core)',
    remark: 'by its size and mass half of the 20S core with one cap',
  },
  '1QVR': {
    name: 'ClpB hexamer (modelled two-fold)',
    remark:
      'three chains of the crystal and their copies by a modelled two-fold, which is no symmetry of the crystal',
  },
  '4JSV': {
    name: 'mTOR-mLST8 (crystal pair)',
    remark: 'two biological units of one crystal side by side, each mTOR with mLST8',
  },
};

interface Made {
  readonly volume: FloatVolume;
  readonly from: TemplateEntry['from'];
  readonly atoms?: number;
}

function readRows(path: string): ClassRow[] {
  const [head = '', ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const columns = head.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return Object.fromEntries(columns.map((c, i) => [c, cells[i] ?? ''])) as unknown as ClassRow;
  });
}

function make(row: ClassRow, bytes: Uint8Array): Made {
  const map = /^map ([\d.]+) A/.exec(row.interpretation);
  if (map) {
    const source = floatVolume(openVolume(bytes, row.file).volume);
    const h = Number(map[1]);
    const electrons = (Number(row.heavy_atom_kDa) * 1000) / DALTON_PER_ELECTRON;
    const volume = mapToDensity(
      { ...source, voxelSize: [h, h, h] },
      { ...TEMPLATE_GRID, electrons },
    );
    return { volume, from: 'map' };
  }
  const structure = readStructure(new TextDecoder().decode(bytes), row.file);
  const chains = /chains ([A-Z])-([A-Z])/.exec(row.interpretation);
  const operators = /REMARK 350 \((\d+) ops\)/.exec(row.interpretation);
  let atoms = structure.atoms;
  if (chains) {
    const [from, to] = [chains[1], chains[2]].map((c) => (c as string).charCodeAt(0));
    const names = structure.chains.filter(
      (c) => c.charCodeAt(0) >= (from as number) && c.charCodeAt(0) <= (to as number),
    );
    atoms = selectChains(structure, names);
  } else if (operators) {
    const assembly = structure.assemblies[0];
    if (!assembly || operatorCount(assembly) !== Number(operators[1])) {
      throw new Error(`${row.file}: expected an assembly of ${operators[1]} operators`);
    }
    atoms = assemble(structure, assembly.id).atoms;
  }
  const mass = (measureAtoms(atoms).electrons * DALTON_PER_ELECTRON) / 1000;
  const listed = Number(row.heavy_atom_kDa);
  if (Math.abs(mass / listed - 1) > 0.03) {
    throw new Error(`${row.file}: ${mass.toFixed(0)} kDa read, ${listed} kDa listed`);
  }
  return { volume: atomsToDensity(atoms, TEMPLATE_GRID), from: 'atoms', atoms: atoms.count };
}

const MASS =
  'massKDa is of the atoms other than hydrogen, two nucleons to an electron; with hydrogens a protein has 7 to 8% more, RNA about 4%';

function labelsOf(row: ClassRow): string[] {
  const { voxelSize, resolution } = TEMPLATE_GRID;
  return [
    `${row.id} ${row.name}`,
    `low-passed to ${resolution} A, voxels of ${voxelSize} A, electrons/A^3, molecule positive`,
    `from ${row.file}: ${row.interpretation}`,
  ];
}

function main(): void {
  const { values } = parseArgs({
    options: {
      structures: { type: 'string' },
      out: { type: 'string', default: 'public/templates' },
    },
  });
  if (!values.structures) throw new Error('--structures DIR is needed (the folder of classes.tsv)');
  mkdirSync(values.out, { recursive: true });
  const entries: TemplateEntry[] = [];
  for (const row of readRows(join(values.structures, 'classes.tsv'))) {
    const { volume, from, atoms } = make(
      row,
      gunzipSync(readFileSync(join(values.structures, row.file))),
    );
    const extent = measureDensity(volume);
    const file = `${row.id}.mrc`;
    writeFileSync(join(values.out, file), writeMrc(volume, { labels: labelsOf(row) }));
    entries.push({
      id: row.id,
      name: REMARKS[row.id]?.name ?? row.name,
      file,
      from,
      ...(atoms === undefined ? {} : { atoms }),
      massKDa: Number(((extent.electrons * DALTON_PER_ELECTRON) / 1000).toFixed(1)),
      radiusOfGyration: Number(extent.radiusOfGyration.toFixed(2)),
      interpretation: [row.interpretation, REMARKS[row.id]?.remark].filter(Boolean).join('; '),
      source: row.origin,
      licence: row.licence,
    });
    process.stderr.write(
      `${row.id.padEnd(10)} ${from} ${String(atoms ?? '').padStart(7)} atoms, ${extent.electrons.toFixed(0)} e, Rg ${extent.radiusOfGyration.toFixed(1)} Å, reaches ${extent.radius.toFixed(0)} Å, peak ${Math.max(...volume.data).toFixed(3)}\n`,
    );
  }
  const index: TemplateIndex = {
    ...TEMPLATE_GRID,
    contrast: 'bright',
    unit: 'electrons per Å^3 (hydrogens and solvent left out)',
    mass: MASS,
    classes: entries,
  };
  writeFileSync(join(values.out, 'index.json'), `${JSON.stringify(index, null, 2)}\n`);
}

try {
  main();
} catch (error) {
  process.stderr.write(`${sentence(error)}\n`);
  process.exitCode = 2;
}
