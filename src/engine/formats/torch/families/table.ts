import { cryosiam } from './cryosiam.ts';
import { deepetpicker } from './deepetpicker.ts';
import { deepict } from './deepict.ts';
import { dynUnet } from './dynunet.ts';
import type { Family } from './family.ts';
import { flexibleUnet } from './flexible-unet.ts';
import { monaiUnet } from './monai-unet.ts';
import { nnUnet } from './nnunet.ts';
import { resnet } from './resnet.ts';
import { segResNet } from './segresnet.ts';
import { bareSequential, pickledSequential } from './sequential.ts';
import { tardis } from './tardis.ts';
import { tomotwin } from './tomotwin.ts';
import { vgg } from './vgg.ts';

/** Families of checkpoints by what people know them as, looked through in this order. */
export const FAMILIES: ReadonlyMap<string, Family> = new Map([
  ['nnU-Net v2', nnUnet],
  ['MONAI UNet (octopi)', monaiUnet],
  ['SegResNet (octopi)', segResNet],
  ['DynUNet (MemBrain-seg, octopi)', dynUnet],
  ['FlexibleUNet (TopCUP)', flexibleUnet],
  ['TomoTwin', tomotwin],
  ['DeePiCt', deepict],
  ['DeepETPicker', deepetpicker],
  ['CryoSiam', cryosiam],
  ['TARDIS U-Net', tardis],
  ['ResNet (MONAI, torchvision)', resnet],
  ['VGG', vgg],
  ['pickled nn.Sequential', pickledSequential],
  ['nn.Sequential with layers.json', bareSequential],
]);
