import { CustomBlending, OneFactor, OneMinusSrcAlphaFactor, ShaderMaterial } from 'three';
import { fragmentShader, vertexShader } from './shellShading.ts';

/** One material for all shells of all views; both faces of a shell are drawn. */
export function shellMaterial(): ShaderMaterial {
  return new ShaderMaterial({
    vertexShader,
    fragmentShader,
    side: 2,
    transparent: true,
    depthWrite: false,
    premultipliedAlpha: true,
    blending: CustomBlending,
    blendSrc: OneFactor,
    blendDst: OneMinusSrcAlphaFactor,
  });
}
