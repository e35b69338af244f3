import { CustomBlending, OneFactor, OneMinusSrcAlphaFactor, ShaderMaterial, Vector4 } from 'three';
import { fragmentShader, vertexShader } from './shellShading.ts';

/** One material for all shells of all views; both faces of a shell are drawn. */
export function shellMaterial(): ShaderMaterial {
  return new ShaderMaterial({
    uniforms: {
      cut: { value: [new Vector4(), new Vector4(), new Vector4()] },
      cuts: { value: 0 },
    },
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
