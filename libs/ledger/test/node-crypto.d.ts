// Rules compile without Node's types, so that nothing of Node can slip in. Tests need this one function.
declare module 'node:crypto' {
  export const hash: (algorithm: 'sha256', text: string) => string;
}
