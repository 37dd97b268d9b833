import { type HeaderRule } from '@evenkeel/contracts';
import { line } from './config-text.ts';
import { literal } from './literal.ts';

/** `http-after-response`: also for answers that HAProxy gives itself, such as a redirect. */
export const renderHeaderRules = (rules: readonly HeaderRule[]): readonly string[] => [
  ...rules.filter(({ on }) => on === 'request').map((rule) => line('http-request', ...wordsOf(rule))),
  ...rules.filter(({ on }) => on === 'response').map((rule) => line('http-after-response', ...wordsOf(rule))),
];

const wordsOf = (rule: HeaderRule): readonly string[] => {
  switch (rule.action) {
    case 'add':
      return ['add-header', rule.name, literal(rule.value)];
    case 'set':
      return ['set-header', rule.name, literal(rule.value)];
    case 'delete':
      return ['del-header', rule.name];
    case 'replace':
      return ['replace-header', rule.name, `^(.*)${exactly(rule.find)}(.*)$`, `\\1${replacement(rule.value)}\\2`];
    default:
      return rule satisfies never;
  }
};

/** A regular expression that is the text itself, in POSIX and in PCRE: HAProxy is built with either. */
const exactly = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/** `\` would begin a reference to a group, or a character by its number. */
const replacement = (text: string): string => literal(text.replaceAll('\\', '\\\\'));
