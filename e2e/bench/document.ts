/** A section of the document, from its heading to the next one. */
const sectionPattern = /^## (.+)\n[^]*?(?=^## |(?![^]))/gm;

/**
 * The document with the sections that were measured now in the place of the older ones of the same names; the others stay as
 * they are. New ones come last. `preamble`: what stands before the first section.
 */
export const renewed = (document: string, preamble: string, measured: ReadonlyMap<string, string>): string => {
  const before = [...document.matchAll(sectionPattern)].map(([text, name = '']) => [name, text.trim()] as const);
  const sections = new Map([...before, ...measured]);
  return `${[preamble, ...sections.values()].map((part) => part.trim()).join('\n\n')}\n`;
};
