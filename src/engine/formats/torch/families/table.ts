import { cryosiam } from './cryosiam.ts';
import { deepetpicker } from './deepetpicker.ts';
import { deepict } from './deepict.ts';
import { dynUnet } from './dynunet.ts';
import type { Family } from './family.ts';
import { flexibleUnet } from './flexible-unet.ts';
import { monaiUnet } from './monai-unet.ts';
import { nnUnet } from './nnunet.ts';
import { nnUnetV1 } from './nnunet-v1.ts';
import { pickledModule } from './pickled-module.ts';
import { resnet } from './resnet.ts';
import { segResNet } from './segresnet.ts';
import { segResNetOld } from './segresnet-old.ts';
import { bareSequential, pickledSequential } from './sequential.ts';
import { swinUnetr } from './swin-unetr.ts';
import { tardis } from './tardis.ts';
import { tomotwin, tomotwinResnet } from './tomotwin.ts';
import { vgg } from './vgg.ts';

/** Families of checkpoints by what people know them as, looked through in this order. */
export const FAMILIES: ReadonlyMap<string, Family> = new Map([
  ['nn.Sequential with layers.json', bareSequential],
  ['nnU-Net v2', nnUnet],
  ['nnU-Net v1', nnUnetV1],
  ['MONAI UNet (octopi)', monaiUnet],
  ['SegResNet (octopi)', segResNet],
  ['SegResNet (MONAI)', segResNetOld],
  ['DynUNet (MemBrain-seg, octopi)', dynUnet],
  ['SwinUNETR (octopi)', swinUnetr],
  ['FlexibleUNet (TopCUP)', flexibleUnet],
  ['TomoTwin', tomotwin],
  ['TomoTwin ResNet', tomotwinResnet],
  ['DeePiCt', deepict],
  ['DeepETPicker', deepetpicker],
  ['CryoSiam', cryosiam],
  ['TARDIS (U-Net, residual U-Net, FNet)', tardis],
  ['ResNet (MONAI, torchvision)', resnet],
  ['pickled nn.Sequential', pickledSequential],
  ['pickled network that runs its modules in order', pickledModule],
  ['VGG', vgg],
]);
