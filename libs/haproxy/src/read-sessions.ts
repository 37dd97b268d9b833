/** Ids of the sessions to one server, in an answer to `show sess`. */
export const sessionsOf = (
  answer: string,
  { service, server }: { readonly service: string; readonly server: string },
): readonly string[] =>
  [...answer.matchAll(/^(0x[0-9a-f]+): .*? be=(\S+) srv=(\S+) /gm)]
    .filter(([, , backend, name]) => backend === service && name === server)
    .map(([, id]) => id ?? '');
