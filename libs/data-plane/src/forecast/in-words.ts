import { type Layer4Forecast, type Layer7Forecast, type LeftBehind } from '@evenkeel/contracts';

/** In a sentence; more of them are in the list beside it. */
const reasonsMax = 3;

/** For a person: `1 reload because DICOM (vs1): ports; 41 connections stay …; 1 nftables transaction`. */
export const inWords = (haproxy: Layer7Forecast, left: LeftBehind | undefined, nftables: Layer4Forecast): string => {
  const parts = [
    ...layer7Words(haproxy),
    ...(left === undefined ? [] : [leftWords(left)]),
    ...(nftables.transactions === 0 ? [] : [counted(nftables.transactions, 'nftables transaction')]),
  ];
  return parts.length === 0 ? 'nothing to do' : parts.join('; ');
};

const layer7Words = ({ method, runtimeCommands, reloadReasons }: Layer7Forecast): readonly string[] => {
  const commands = counted(runtimeCommands, 'runtime command');
  if (method === 'none') return [];
  if (method === 'runtime') return [`${commands}, 0 reloads`];
  const others = reloadReasons.length > reasonsMax ? ['and others'] : [];
  const reasons = [...reloadReasons.slice(0, reasonsMax), ...others].join(', ');
  return [`1 reload because ${reasons}`, ...(runtimeCommands === 0 ? [] : [`${commands} after it`])];
};

const leftWords = ({ connections, idleMost, cutAfter }: LeftBehind): string => {
  if (connections === 0) return 'no connection stays on the old process';
  const which = connections === undefined ? 'open connections' : counted(connections, 'connection');
  const stay = connections === 1 ? 'stays' : 'stay';
  const until = `${which} ${stay} on the old process until done, or idle for ${idleMost}`;
  // Else nothing cuts them, and this is no promise about a connection that goes on being used.
  return cutAfter === undefined ? until : `${until}; what is left after ${cutAfter} is cut`;
};

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;
