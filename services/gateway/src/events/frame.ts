import { idOf, type Place } from './place.ts';

/** One server-sent event as it goes over the wire. JSON has no line breaks of its own. */
export const frame = (event: string, data: unknown, place?: Place): string => {
  const id = place === undefined ? '' : `id: ${idOf(place)}\n`;
  return `event: ${event}\n${id}data: ${JSON.stringify(data)}\n\n`;
};

/** Says where the reader is, and when to come back: no event, but a browser remembers it. */
export const opening = (place: Place): string => `retry: 2000\nid: ${idOf(place)}\n\n`;

/** A line that nobody reads: it shows both ends that the other is there. */
export const heartbeat = ': here\n\n';
