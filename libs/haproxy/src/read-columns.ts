/**
 * Some columns of an answer that is a table: lines of values under a header that begins with `# `. Columns are found by
 * name, because later versions of HAProxy add some. An answer without a header (a refusal) has no lines. The last column
 * asked for bounds what is looked at: what follows it may hold the separator.
 */
export const readColumns = <Name extends string>(
  answer: string,
  separator: ' ' | ',',
  names: readonly Name[],
): readonly Readonly<Record<Name, string>>[] => {
  const lines = answer.split('\n');
  const headerAt = lines.findIndex((line) => line.startsWith('# '));
  if (headerAt === -1) return [];
  const header = (lines[headerAt] ?? '').slice(2).split(separator);
  const places = names.map((name) => [name, header.indexOf(name)] as const);
  const width = 1 + Math.max(...places.map(([, at]) => at));
  return lines
    .slice(headerAt + 1)
    .filter((line) => line !== '')
    .map((line) => {
      const values = line.split(separator, width);
      return Object.fromEntries(places.map(([name, at]) => [name, values[at] ?? ''])) as Record<Name, string>;
    });
};
