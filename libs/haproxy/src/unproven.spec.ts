import { expect, it } from '@jest/globals';
import { unproven } from './unproven.ts';

const frame = '# ours\nglobal\n  description a\n\ndefaults tcp\n  mode tcp';
const service = (name: string, line = 'id 1'): string => `# label\nlisten ${name} from tcp\n  ${line}`;
const text = (...sections: readonly string[]): string => `${sections.join('\n\n')}\n`;

it('is the frame and the services that are new or other', () => {
  const accepted = text(frame, service('vs1'), service('vs2'), service('vs3'));
  const wanted = text(frame, service('vs1'), service('vs2', 'id 2'), service('vs4'));
  expect(unproven(wanted, accepted)).toBe(text(frame, service('vs2', 'id 2'), service('vs4')).trimEnd());
});

it('is everything where nothing was accepted', () => {
  const wanted = text(frame, service('vs1'));
  expect(unproven(wanted, '')).toBe(wanted.trimEnd());
});

it('always has the frame, because services stand on it', () => {
  const accepted = text(frame, service('vs1'));
  expect(unproven(accepted, accepted)).toBe(frame);
});
