/**
 * Explains a volume and writes the heatmap on its grid: `node explain.mjs VOLUME.mrc [NETWORK]`.
 * NETWORK is the path of a network; by default CNN-2 of the paper, which comes with the package.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { bundledNetwork, close, explain, mapVolume, readMrc, writeMrc } from 'respond-cam';

const [path, network = bundledNetwork('cnn-2-inf')] = process.argv.slice(2);
const volume = readMrc(await readFile(path), path);
const { scores, predicted, layers, input } = await explain(volume, network, { classes: 'top' });
const [layer] = layers;
const { respond, grad } = layer.classes[0].methods;
console.log(`class ${predicted}, score ${scores[predicted].toFixed(3)}`);
console.log(
  `sums at ${layer.name}: Respond-CAM ${respond.sum.toFixed(3)}, Grad-CAM ${grad.sum.toFixed(3)}`,
);
await writeFile('respond.mrc', writeMrc(mapVolume(respond, input)));
await close();
