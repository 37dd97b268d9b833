import { type TextDiff } from '@evenkeel/contracts';
import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff';

/** Characters of a diff that are shown; more than anybody reads, and far below what a message on the bus may hold. */
const shownMax = 64 * 1_024;
/** Lines that may differ before the search is given up: it takes their square, and whoever searches does nothing else. */
const editMax = 1_500;
const context = 3;

/** What differs between two texts of one name, as a unified diff. Texts that differ nearly everywhere are only counted. */
export const textDiff = (name: string, before: string, after: string): TextDiff => {
  if (before === after) return { text: '', addedLines: 0, removedLines: 0, isCut: false };
  const patch = structuredPatch(name, name, before, after, '', '', { context, maxEditLength: editMax });
  if (patch === undefined) {
    return { text: '', addedLines: linesIn(after), removedLines: linesIn(before), isCut: true };
  }
  const lines = patch.hunks.flatMap((hunk) => hunk.lines);
  const written = formatPatch(patch, FILE_HEADERS_ONLY);
  const isCut = written.length > shownMax;
  return {
    text: isCut ? written.slice(0, written.lastIndexOf('\n', shownMax) + 1) : written,
    addedLines: countOf(lines, '+'),
    removedLines: countOf(lines, '-'),
    isCut,
  };
};

const linesIn = (text: string): number => text.split('\n').length - 1;

const countOf = (lines: readonly string[], sign: string): number =>
  lines.filter((line) => line.startsWith(sign)).length;
