/**
 * Some columns of an answer that is a table: lines of values under a header that begins with `# `. Columns are found by
 * name, because later versions of HAProxy add some. An answer without a header (a refusal) has no lines. The last column
 * asked for bounds what is looked at: what follows it may hold the separator. Values are in the order of `names`; there
 * can be thousands of lines, so they are not made into objects.
 */
export const readColumns = (answer: string, separator: ' ' | ',', names: readonly string[]): readonly string[][] => {
  const lines = answer.split('\n');
  const headerAt = lines.findIndex((line) => line.startsWith('# '));
  if (headerAt === -1) return [];
  const header = (lines[headerAt] ?? '').slice(2).split(separator);
  const places = names.map((name) => header.indexOf(name));
  const width = 1 + Math.max(...places);
  return lines
    .slice(headerAt + 1)
    .filter((line) => line !== '')
    .map((line) => {
      const values = line.split(separator, width);
      return places.map((at) => values[at] ?? '');
    });
};
