/** Made by `scripts/standalone.mjs`. */
declare module 'virtual:standalone-viewer' {
  const script: string;
  export default script;
}
