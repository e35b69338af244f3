/**
 * Calm light fixed to the camera: sky and ground, one soft key light from the upper left, a faint rim.
 * A shell counts as a thin skin: seen edge-on the eye looks through more of it, so outlines are denser
 * than faces (Beer-Lambert), which keeps nested shells readable. Colours are sRGB, lit in linear
 * light, written premultiplied. What lies in all of the first `cuts` half spaces is cut away.
 */
export const vertexShader = /* glsl */ `
  attribute vec4 tint;
  varying vec4 vTint;
  varying vec3 vNormal;
  varying vec3 vEye;
  varying vec3 vPlace;
  void main() {
    vec4 eye = modelViewMatrix * vec4(position, 1.0);
    vEye = isOrthographic ? vec3(0.0, 0.0, 1.0) : -eye.xyz;
    vPlace = eye.xyz;
    vNormal = normalMatrix * normal;
    vTint = tint;
    gl_Position = projectionMatrix * eye;
  }
`;

export const fragmentShader = /* glsl */ `
  varying vec4 vTint;
  varying vec3 vNormal;
  varying vec3 vEye;
  varying vec3 vPlace;
  uniform vec4 cut[3];
  uniform int cuts;
  void main() {
    bool hidden = cuts > 0;
    for (int i = 0; i < 3; i++)
      if (i < cuts && dot(cut[i].xyz, vPlace) <= cut[i].w) hidden = false;
    if (hidden) discard;
    vec3 n = normalize(vNormal) * (gl_FrontFacing ? 1.0 : -1.0);
    float facing = abs(dot(n, normalize(vEye)));
    float key = max(0.0, 0.25 + 0.75 * dot(n, normalize(vec3(-0.45, 0.6, 0.66))));
    float sky = 0.5 + 0.5 * n.y;
    float rim = pow(1.0 - facing, 3.0);
    float light = mix(0.2, 0.42, sky) + 0.66 * key + 0.1 * rim;
    vec3 color = pow(pow(vTint.rgb, vec3(2.2)) * light, vec3(1.0 / 2.2));
    float skin = min(1.0 / max(facing, 0.001), 3.5);
    float alpha = 1.0 - pow(max(1.0 - vTint.a, 0.0), skin);
    gl_FragColor = vec4(min(color, 1.0) * alpha, alpha);
  }
`;
